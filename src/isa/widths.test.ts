import { Code, Decoder, DecoderOptions, Instruction } from 'iced-x86';
import assert from 'node:assert/strict';
it('iced loads', () => {
  const d = new Decoder(64, new Uint8Array([0x0f, 0x01, 0xc2]), DecoderOptions.None);
  const i: Instruction = d.decode();
  assert.equal(i.code, Code.Vmlaunch);
});
