import { z } from 'zod'

export const claimSchema = z.object({ purchase_id: z.string().max(100) })
export const claimLinkSchema = z.object({ token: z.string().max(200) })
