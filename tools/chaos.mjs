// `npm run chaos`: installs what is missing, then runs the fault harness on the installed Node.
import { spawnSync } from 'node:child_process'
import { installDependencies, node, root } from './install.mjs'

installDependencies()
const result = spawnSync(node, ['e2e/chaos/chaos.ts', ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' })
process.exit(result.status ?? 1)
