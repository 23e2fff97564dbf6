import { z } from 'zod'

/** Of every list that has pages. */
export const limitQuery = {
  after: z.string().max(1000).optional().describe('`next` of an earlier page'),
  limit: z.coerce.number({ error: 'expected a number' }).int().min(1).max(200).default(50),
}

export const pageQuerySchema = z.object(limitQuery)
