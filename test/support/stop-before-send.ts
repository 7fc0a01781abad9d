/**
 * Preloaded into a process (`--import`), stops it like SIGSTOP from outside would, at the one instant where no check of
 * its own can help: a Produce request has passed them all, and not a byte of it has left.
 */
import { Socket } from 'node:net'

const produce = 0
const { prototype } = Socket
const write = Reflect.get(prototype, 'write')
let left = Number(process.env['STOP_BEFORE_PRODUCE'])

prototype.write = function (this: Socket, ...args: unknown[]): boolean {
  const [frame] = args
  const isProduce = Buffer.isBuffer(frame) && frame.length > 8 && frame.readInt16BE(4) === produce
  if (isProduce && frame.readInt32BE(0) === frame.length - 4 && --left === 0)
    process.kill(process.pid, 'SIGSTOP')
  return Reflect.apply(write, this, args) as boolean
}
