const decimalText = /^(-?)(\d+)(?:\.(\d+))?$/

/** Numbers up to here are exact and turn into bytes without a BigInt. */
const safeDigits = 15

/**
 * A decimal's text as Avro's big-endian two's complement of the unscaled value, or undefined when the text is no
 * decimal or does not fit: digits are never rounded away (Avro specification, "Decimal").
 */
export function decimalBytes(text: string, precision: number, scale: number): Buffer | undefined {
  const match = decimalText.exec(text)
  if (!match) return undefined
  const [, sign = '', whole = '', fraction = ''] = match
  if (fraction.length > scale && /[^0]/.test(fraction.slice(scale))) return undefined
  const digits = (whole + fraction.slice(0, scale).padEnd(scale, '0')).replace(/^0+(?=\d)/, '')
  if (digits.length > precision) return undefined
  return digits.length <= safeDigits
    ? bytesOfNumber(Number(sign + digits))
    : bytesOfBigInt(BigInt(sign + digits))
}

/** The canonical text, with exactly `scale` digits after the point. */
export function decimalTextOf(bytes: Buffer, scale: number): string {
  const unscaled =
    bytes.length === 0 ? '0' : bytes.length <= 6 ? String(bytes.readIntBE(0, bytes.length)) : bigText(bytes)
  if (scale === 0) return unscaled
  const sign = unscaled.startsWith('-') ? '-' : ''
  const digits = (sign ? unscaled.slice(1) : unscaled).padStart(scale + 1, '0')
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

function bytesOfNumber(value: number): Buffer {
  let length = 1
  while (value >= 2 ** (8 * length - 1) || value < -(2 ** (8 * length - 1))) length++
  const bytes = Buffer.allocUnsafe(length)
  let rest = value
  for (let at = length - 1; at >= 0; at--) {
    bytes[at] = rest & 0xff
    rest = Math.floor(rest / 256)
  }
  return bytes
}

function bytesOfBigInt(value: bigint): Buffer {
  const magnitude = value < 0n ? -value - 1n : value
  // One bit more than the magnitude, for the sign.
  const length = Math.floor(magnitude.toString(2).length / 8) + 1
  const hex = BigInt.asUintN(length * 8, value).toString(16)
  return Buffer.from(hex.padStart(length * 2, '0'), 'hex')
}

function bigText(bytes: Buffer): string {
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`)).toString()
}
