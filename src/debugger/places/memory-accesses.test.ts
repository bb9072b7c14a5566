import assert from 'node:assert/strict';
import { longMode, protectedMode, realMode } from '../../processor/modes.testing';
import type { Processor } from '../../processor/processor';
import { LiveRegisters } from '../registers/registers';
import { memoryAccesses } from './memory-accesses';

/** The accesses of instructions, in each mode. */

const [RAX, RCX, RBX, RSP, RSI, RDI] = [0, 1, 3, 4, 6, 7];
const DS = 3;
const FS = 4;

function accesses(cpu: Processor, ...bytes: number[]): string[] {
  const found = memoryAccesses(new LiveRegisters(cpu), Uint8Array.from(bytes));
  return found.map(({ text, linear, bytes: size, read, write }) => {
    const kind = `${read ? 'r' : ''}${write ? 'w' : ''}`;
    return `[${text}] ${kind} ${String(size)} at 0x${linear.toString(16)}`;
  });
}

it('operands with base, index, scale and displacement', () => {
  const cpu = longMode();
  cpu.state.setGpr(RBX, 0x1000n);
  cpu.state.setGpr(RCX, 3n);
  assert.deepEqual(accesses(cpu, 0x48, 0x89, 0x44, 0x8b, 0xf8), ['[rbx+rcx*4-0x8] w 8 at 0x1004']);
  assert.deepEqual(accesses(cpu, 0x83, 0x03, 0x01), ['[rbx] rw 4 at 0x1000']);
  assert.deepEqual(accesses(cpu, 0x8b, 0x03), ['[rbx] r 4 at 0x1000']);
});

it('operands relative to RIP, and with FS', () => {
  const cpu = longMode();
  cpu.state.rip = 0x8000n;
  cpu.state.setSegment(FS, { ...cpu.state.segment(FS), base: 0x50000n });
  cpu.state.setGpr(RAX, 8n);
  assert.deepEqual(accesses(cpu, 0x8b, 0x05, 0x10, 0, 0, 0), ['[0x8016] r 4 at 0x8016']);
  assert.deepEqual(accesses(cpu, 0x64, 0x8b, 0x00), ['[fs:rax] r 4 at 0x50008']);
});

it('the stack, and both sides of a string instruction', () => {
  const cpu = protectedMode();
  cpu.state.setGpr(RSP, 0x7000n);
  cpu.state.setGpr(RSI, 0x100n);
  cpu.state.setGpr(RDI, 0x200n);
  assert.deepEqual(accesses(cpu, 0x50), ['[esp-0x4] w 4 at 0x6ffc']);
  const sides = accesses(cpu, 0xa5).sort();
  assert.deepEqual(sides, ['[es:edi] w 4 at 0x200', '[esi] r 4 at 0x100']);
});

it('segments of real mode, and addresses of 16 bits', () => {
  const cpu = realMode();
  cpu.state.setSegment(DS, { ...cpu.state.segment(DS), selector: 0x1000, base: 0x10000n });
  cpu.state.setGpr(RBX, 0xffffn);
  cpu.state.setGpr(RSI, 2n);
  assert.deepEqual(accesses(cpu, 0x8a, 0x00), ['[bx+si] r 1 at 0x10001']);
});

it('no access of LEA and NOP', () => {
  assert.deepEqual(accesses(longMode(), 0x48, 0x8d, 0x03), []);
  assert.deepEqual(accesses(longMode(), 0x0f, 0x1f, 0x00), []);
});
