// `npm run bench`: installs what is missing, then measures all contenders side by side.
import { spawn } from 'node:child_process'
import { installDependencies, node, root } from './install.mjs'

installDependencies()
const child = spawn(node, ['bench/run.ts', ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' })
child.on('exit', (code) => process.exit(code ?? 1))
