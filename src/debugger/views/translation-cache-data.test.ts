import assert from 'node:assert/strict';
import { dataNamed } from './translation-cache-data';

describe('what lies in the page of data of translated code', () => {
  it('is named where an instruction of 32 bits uses it', () => {
    assert.equal(dataNamed('mov dword [ss:0xf7c00018], 0', 32), 'the virtual IF');
    assert.equal(dataNamed('mov ecx, [ss:0xf7c00028]', 32), 'whether an interrupt waits');
    assert.equal(dataNamed('movzx ecx, byte [ss:ecx-0x83fff00]', 32), 'what POPF has to do');
  });

  it('is named where an instruction of 64 bits does', () => {
    assert.equal(dataNamed('mov rdx, [rel 0xffff800000000030]', 64), undefined);
    assert.equal(dataNamed('mov rdx, [rel 0xffff808000000030]', 64), 'the virtual CR0');
    assert.equal(dataNamed('lea rdx, [rel 0xffff808000000800]', 64), 'the table of targets');
  });

  it('is not named where an operand is the guest’s', () => {
    assert.equal(dataNamed('mov [ebx-0x10], ecx', 32), undefined);
    assert.equal(dataNamed('mov ecx, 0xf7c01018', 32), undefined);
  });
});
