/** How the bytes of a text file are to be read. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'cp1252' | 'latin-1' | 'cp850' | 'mac-roman'

/** The letters of bytes 0x80 to 0xFF in the code page of DOS in Western Europe, which Node does not know. */
const cp850 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0'

const labels = {
  'utf-8': 'utf-8',
  'utf-16le': 'utf-16le',
  'utf-16be': 'utf-16be',
  cp1252: 'windows-1252',
  'latin-1': 'windows-1252',
  'mac-roman': 'macintosh'
} as const

/** Text of whole lines, decoded; a byte order mark is left to the caller. */
export function decode(bytes: Uint8Array, encoding: Encoding): string {
  if (encoding === 'cp850') return decodeCp850(bytes)
  return new TextDecoder(labels[encoding], { ignoreBOM: true }).decode(bytes)
}

function decodeCp850(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  return text.replaceAll(/[\u0080-\u00ff]/g, (sign) => cp850[sign.charCodeAt(0) - 0x80] ?? sign)
}

export const isWide = (encoding: Encoding): boolean => encoding === 'utf-16le' || encoding === 'utf-16be'
