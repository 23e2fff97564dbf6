// `npm test`: installs what is missing (the browser too), runs every check, prints the total.
import { spawnSync } from 'node:child_process'
import { installDependencies, node, root } from './install.mjs'

installDependencies()
const result = spawnSync(node, ['tools/test.ts', ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' })
process.exit(result.status ?? 1)
