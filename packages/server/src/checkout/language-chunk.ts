import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { chooseLocale } from '@opencredits/protocol'
import type { Request } from 'express'

/** What Vite says of its output: `messages/de.ts` became `assets/de-1a2b3c4d.js`. */
type Manifest = Readonly<Record<string, { readonly file: string } | undefined>>

/**
 * The file with the words of the language that the browser prefers, so that it comes beside the checkout's script, which
 * would ask for it one round trip later. Null for English, which is built in.
 * @param checkoutPath where the checkout app was built
 */
export async function findLanguageChunk(request: Request, checkoutPath: string): Promise<string | null> {
  const { language } = chooseLocale(request.acceptsLanguages())
  if (language === 'en') return null
  const manifest: Manifest = JSON.parse(await readFile(join(checkoutPath, 'manifest.json'), 'utf8'))
  return manifest[`messages/${language.toLowerCase()}.ts`]?.file ?? null
}
