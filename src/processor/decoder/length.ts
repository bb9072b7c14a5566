import { Code, Decoder, DecoderOptions } from 'iced-x86';

/** The length in bytes of the instruction that `bytes` begin with; 0 when there is none. */
export function instructionLength(bytes: Uint8Array, bits: 16 | 32 | 64): number {
  const decoder = new Decoder(bits, bytes, DecoderOptions.None);
  const instruction = decoder.decode();
  const length = instruction.code === Code.INVALID ? 0 : instruction.length;
  instruction.free();
  decoder.free();
  return length;
}
