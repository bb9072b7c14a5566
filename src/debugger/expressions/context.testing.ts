import { debuggeeOf } from '../debuggee.testing';
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
  const { target } = await debuggeeOf(SOURCE);
  return { ...guestContext(target), mayAssign: true };
}
