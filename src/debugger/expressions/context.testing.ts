import assert from 'node:assert/strict';
import { assemble } from '../../program';
import { asLoaded, flatImage } from '../../session';
import { Debuggee } from '../debuggee';
import { guestContext, type ExpressionContext } from '.';

const SOURCE = `
bits 16
org 0x7c00
size equ 12
start:
    nop
.inner:
    nop
cf: db 7
data: dq 0x1122334455667788
    dw 0x8000
`;

/** A small program in real mode on the bare computer, before its first instruction. */
export async function expressionContext(): Promise<ExpressionContext> {
  const program = await assemble('k.asm', {
    read: () => Promise.resolve(new TextEncoder().encode(SOURCE)),
  });
  assert.deepEqual(program.diagnostics, []);
  const options = {
    programs: [asLoaded(program)],
    image: flatImage(program),
    monitor: 'none',
    memory: 1 << 20,
    allocation: 'eager',
    intercepts: [],
    holdInterrupts: true,
  } as const;
  const nothing = (): void => undefined;
  const events = {
    output: nothing,
    log: nothing,
    holds: () => true,
    condition: () => true,
    message: (text: string) => text,
    breathe: () => Promise.resolve(),
  };
  return { ...guestContext(new Debuggee(options, events).target), mayAssign: true };
}
