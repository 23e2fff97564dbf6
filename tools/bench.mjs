// `npm run bench`: installs what is missing, then measures all contenders side by side; with `--profile` first, it shows
// where the gateway's time goes.
import { spawn } from 'node:child_process'
import { installDependencies, node, root } from './install.mjs'

installDependencies()
const [first, ...rest] = process.argv.slice(2)
const program = first === '--profile' ? ['bench/profile.ts', ...rest] : ['bench/run.ts', ...process.argv.slice(2)]
const child = spawn(node, program, { cwd: root, stdio: 'inherit' })
child.on('exit', (code) => process.exit(code ?? 1))
