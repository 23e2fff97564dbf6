/**
 * How a command of the server is run from the root of the repository. Messages that name a command begin with it; where
 * commands are run in another way, as in the image, `OPERATOR_COMMAND` takes its place.
 */
export const repositoryCommand = 'npx --yes pnpm@12 opencredits'
