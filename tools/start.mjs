// `npm start`: installs what is missing, then runs the server, the sandbox and the example apps.
import { spawn } from 'node:child_process'
import { installDependencies, node, root } from './install.mjs'

installDependencies()
const child = spawn(node, ['tools/start.ts', ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' })
// The terminal sends Ctrl-C to the whole group; a supervisor's SIGTERM reaches only us.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => signal === 'SIGTERM' && child.kill(signal))
child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 0)))
