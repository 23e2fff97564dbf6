import { type ClassifiedBetas, passes, refused } from '../classification.ts'

/** Values of `openai-beta`. What is refused or not named is left out, and listed in `opencredits-ignored-betas`. */
export const openaiBetas: ClassifiedBetas = new Map([
  ['responses=experimental', passes()],
  ['responses=v1', passes()],
  ['responses_multi_agent=v1', refused('Several agents answer at once, and nothing bounds what they cost.')],
  ['assistants=v2', refused('It is about another API.')],
])
