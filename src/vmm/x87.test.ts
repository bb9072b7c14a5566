import assert from 'node:assert/strict';
import { LONG } from '../machine/long-mode.testing';
import { runGuest } from './guest.testing';

/** What a VM entry and a VM exit leave alone: the registers of the x87 unit belong to the guest. */

const SAY = 'mov dx, 0x3f8\nout dx, al\n';

describe('the x87 unit of a guest', function () {
  this.timeout(60_000);

  it('is initialized when the guest starts, and keeps its numbers over VM exits', async () => {
    const { serial } = await runGuest(`
        org 0x7c00
        fld1
        fldpi
        mov eax, 0
        cpuid                   ; exits
        faddp
        fistp word [number]
        mov al, [number]
        add al, '0'
        ${SAY}
        fnstsw ax
        test al, 0x3f & ~0x20   ; nothing but inexact results
        mov al, 'y'
        jz say
        mov al, 'n'
say:    ${SAY}
        cli
        hlt
number: dw 0`);
    assert.equal(serial, '4y');
  });

  it('loads and stores where a device answers', async () => {
    const body = `
        fninit
        fild dword [letter]
        fistp dword [0x50080]   ; the task priority of the local APIC
        fild dword [0x50080]
        fistp dword [letter + 4]
        mov al, [letter + 4]
        ${SAY}
        fnstsw ax
        test ax, ax
        mov al, 'y'
        jz .say
        mov al, 'n'
.say:   ${SAY}
        cli
        hlt
letter: dd 'A', 0`;
    const apic = 'mov dword [0x13000 + 0x50 * 8], 0xfee00007';
    const { serial } = await runGuest(LONG(body, apic));
    assert.equal(serial, 'Ay');
  });
});
