import type { MemoryWidth } from '../expression';
import { instruction } from '../instruction';
import {
  enter,
  popFlags,
  popToMemory,
  pushFlags,
  pushSegment,
  popSegment,
} from '../../system/stack';
import { SS } from '../../state/layout';

/** SDM 2: PUSH, POP, PUSHA, POPA, PUSHF, POPF, ENTER, LEAVE. */

instruction('PUSH', (m) => {
  const shape = m.shape(0);
  if (shape.kind === 'other') m.slow(pushSegment);
  else m.push(m.let(m.operand(0).read()));
});

instruction('POP', (m) => {
  const shape = m.shape(0);
  if (shape.kind === 'other') m.slow(popSegment);
  else if (shape.kind === 'memory') m.slow(popToMemory);
  else m.operand(0).write(m.pop(m.size)); // POP rSP: the popped value stays
});

/** AX, CX, DX, BX, the original SP, BP, SI, DI. */
function pushAll(mnemonic: string, width: 16 | 32): void {
  instruction(mnemonic, (m) => {
    const rsp = m.register(4, 64).read();
    const mask = m.stackMask();
    for (let index = 0; index < 8; index++) {
      const top = rsp.sub(((index + 1) * width) / 8).and(mask);
      m.store(SS, top, m.register(index, width).read());
    }
    m.setStackPointer(rsp, mask, rsp.sub(width).and(mask));
  });
}
pushAll('PUSHA', 16);
pushAll('PUSHAD', 32);

function popAll(mnemonic: string, width: 16 | 32): void {
  instruction(mnemonic, (m) => {
    const rsp = m.register(4, 64).read();
    const mask = m.stackMask();
    const values = [...Array(8).keys()].map((slot) =>
      m.load(SS, rsp.add((slot * width) / 8).and(mask), width),
    );
    m.setStackPointer(rsp, mask, rsp.add(width).and(mask));
    values.forEach((value, slot) => {
      const index = 7 - slot;
      if (index !== 4) m.register(index, width).write(value);
    });
  });
}
popAll('POPA', 16);
popAll('POPAD', 32);

instruction(['PUSHF', 'PUSHFD', 'PUSHFQ'], (m) => {
  m.slow(pushFlags);
});

instruction(['POPF', 'POPFD', 'POPFQ'], (m) => {
  m.slow(popFlags);
});

instruction('ENTER', (m) => {
  m.slow(enter);
});

instruction('LEAVE', (m) => {
  const rsp = m.register(4, 64).read();
  const mask = m.stackMask();
  const frame = m.register(5, 64).read();
  const width = m.size as MemoryWidth;
  const saved = m.load(SS, frame.and(mask), width);
  m.setStackPointer(rsp, mask, frame.add(width / 8).and(mask));
  m.register(5, width).write(saved);
});
