// Loaded by tools/runtime.mjs into the process it starts. A launcher killed with -9 cannot pass that on; its end of the
// pipe closes all the same, and a server that nobody can reach any more must not keep the port and the data directory.
import { Socket } from 'node:net'

const fd = Number(process.env.TENANTRY_LAUNCHER_FD)
// Processes that this one forks inherit its arguments, but their descriptor 3 is something else.
delete process.env.TENANTRY_LAUNCHER_FD

if (fd) {
  const launcher = new Socket({ fd, readable: true, writable: false })
  launcher.on('error', () => {})
  launcher.on('close', () => process.kill(process.pid, 'SIGKILL'))
  launcher.resume()
  launcher.unref()
}
