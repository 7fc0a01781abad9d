import { watchParent } from '../../local/parent-process.ts'

// Loaded into every test file's process: when the runner is gone, kill -9 included, the file goes too, and its servers
// with it.
watchParent(() => process.kill(process.pid, 'SIGKILL'))
