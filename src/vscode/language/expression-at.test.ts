import assert from 'node:assert/strict';
import { expressionAt } from './expression-at';

/** The expression at the character marked by ^ (taken out), with the text that it covers. */
function at(...marked: string[]): [string, string] | undefined {
  const line = marked.findIndex((text) => text.includes('^'));
  const column = (marked[line] ?? '').indexOf('^');
  const lines = marked.map((text) => text.replace('^', ''));
  const found = expressionAt((n) => lines[n] ?? '', line, column);
  return found && [found.expression, (lines[line] ?? '').slice(found.start, found.end)];
}

describe('expressionAt', () => {
  it('finds registers and symbols', () => {
    assert.deepEqual(at('  mov ^eax, ebx'), ['eax', 'eax']);
    assert.deepEqual(at('  mov eax, e^bx ; x'), ['ebx', 'ebx']);
    assert.deepEqual(at('  lgdt [gdt_p^ointer]'), ['gdt_pointer', 'gdt_pointer']);
    assert.deepEqual(at('  jmp CODE32:prot^ected'), ['protected', 'protected']);
    assert.deepEqual(at('start: mov ^ax, 1'), ['ax', 'ax']);
  });

  it('takes the memory operand on its brackets, signs, numbers and size', () => {
    const operand: [string, string] = ['dword [rsp+8]', 'dword [rsp+8]'];
    assert.deepEqual(at('  push dword ^[rsp+8]'), operand);
    assert.deepEqual(at('  push dw^ord [rsp+8]'), operand);
    assert.deepEqual(at('  push dword [rsp^+8]'), operand);
    assert.deepEqual(at('  push dword [rsp+^8]'), operand);
    assert.deepEqual(at('  push dword [rsp+8^]'), operand);
    assert.deepEqual(at('  push dword [r^sp+8]'), ['rsp', 'rsp']);
    assert.deepEqual(at('  mov rax, ^[rel counter]')?.[0], '[counter]');
    assert.deepEqual(at('  mov al, [es:d^i]'), ['di', 'di']);
    assert.deepEqual(at('  mov [rax], ^[rbx]'), ['[rbx]', '[rbx]']);
  });

  it('finds nothing in mnemonics, directives, numbers, strings and comments', () => {
    assert.equal(at('  m^ov eax, 1'), undefined);
    assert.equal(at('  mov eax, ^1'), undefined);
    assert.equal(at('  rep mov^sb'), undefined);
    assert.equal(at("  db 'r^ax', 0"), undefined);
    assert.equal(at('  nop ; r^ax'), undefined);
    assert.equal(at("  mov al, ';' ; r^ax"), undefined);
    assert.equal(at('  mov byt^e al, 1'), undefined);
    assert.equal(at('%if^ x'), undefined);
  });

  it('gives local labels their full name', () => {
    assert.deepEqual(at('print:', '.next: lodsb', '  jmp .ne^xt'), ['print.next', '.next']);
  });
});
