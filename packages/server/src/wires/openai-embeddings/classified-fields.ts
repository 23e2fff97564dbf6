import { all, type Classification, exactly, passes } from '../classification.ts'

/** OpenAI’s Embeddings. Types: `EmbeddingCreateParams` of openai. */
export const embeddingsClassification: Classification = {
  betas: new Map(),
  body: exactly({
    ...all(['model', 'input', 'dimensions', 'encoding_format']),
    user: passes('Replaced by a pseudonym of the user.'),
  }),
}
