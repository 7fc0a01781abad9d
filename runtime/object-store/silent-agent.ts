import * as http from 'node:http'
import * as https from 'node:https'

/** An agent whose connections break when nothing comes or goes for a while: the clients themselves wait for ever. */
export function silentAgent(idleMs: number, { useSsl }: { useSsl: boolean }): http.Agent {
  const Agent = useSsl ? https.Agent : http.Agent
  const agent = new Agent({ keepAlive: true, timeout: idleMs })
  const create = agent.createConnection.bind(agent)
  agent.createConnection = (options, callback) => {
    const socket = create(options, callback)
    socket?.on('timeout', () => socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })))
    return socket
  }
  return agent
}
