import assert from 'node:assert/strict';
import { runBare } from '../bare.testing';
import { CoprocessorError } from './coprocessor-error';

/** Real mode, CR0.NE = 0: IRQ 13 is vector 75h, and 1 / 0 is not masked. */
const WITH_ERRORS = (body: string): string => `
        org 0x7c00
        mov word [0x75 * 4], handler
        mov word [0x75 * 4 + 2], 0
        mov al, 0x11
        out 0x20, al
        out 0xa0, al
        mov al, 0x08
        out 0x21, al
        mov al, 0x70
        out 0xa1, al
        mov al, 4
        out 0x21, al
        mov al, 2
        out 0xa1, al
        mov al, 1
        out 0x21, al
        out 0xa1, al
        mov al, ~(1 << 2) & 0xff
        out 0x21, al
        mov al, ~(1 << 5) & 0xff
        out 0xa1, al
        mov eax, cr0
        and al, ~0x20 & 0xff
        mov cr0, eax
        fninit
        fldcw [control]
        sti
        ${body}
        cli
        hlt
control: dw 0x037b                  ; all but division by zero masked
handler:
        push ax
        mov al, 'h'
        out 0xe9, al
        mov al, 0
        out 0xf0, al
        mov al, 0x20
        out 0xa0, al
        out 0x20, al
        pop ax
        iret`;

const SAY = (letter: string): string => `mov al, '${letter}'\nout 0xe9, al\n`;
const DIVIDE = 'fld1\nfldz\nfdivp\n';

async function printed(body: string): Promise<string> {
  const { text, stop } = await runBare(WITH_ERRORS(body));
  assert.equal(stop.kind, 'idle');
  return text;
}

describe('x87 errors by IRQ 13', () => {
  it('come at the next instruction that waits, which then goes on', async () => {
    assert.equal(await printed(`${DIVIDE}${SAY('a')}fwait\n${SAY('b')}`), 'ahb');
  });

  it('are ignored from port F0h on until they are cleared', async () => {
    const twice = `${DIVIDE}fwait\nfld1\nfwait\n${SAY('i')}fnclex\n${DIVIDE}fwait\n${SAY('b')}`;
    assert.equal(await printed(twice), 'hihb');
  });

  it('wait for the interrupt while it is masked', async () => {
    const { text, stop } = await runBare(WITH_ERRORS(`cli\n${DIVIDE}fwait\n${SAY('x')}`));
    assert.equal(text, '');
    assert.equal(stop.kind, 'budget');
  });

  it('are #MF, and nothing for port F0h, with CR0.NE = 1', async () => {
    const body = `
        mov word [16 * 4], fault
        mov word [16 * 4 + 2], 0
        mov eax, cr0
        or al, 0x20
        mov cr0, eax
        ${DIVIDE}fwait
fault:  ${SAY('f')}`;
    assert.equal(await printed(body), 'f');
  });
});

describe('port F0h', () => {
  it('takes the request back, and ignores the error only where there was one', () => {
    const irq: boolean[] = [];
    const device = new CoprocessorError({ irq: (level) => irq.push(level) });
    device.writePort(0xf0);
    assert.equal(device.ferr(true), false);
    assert.equal(device.ferr(true), false);
    device.writePort(0xf1);
    assert.deepEqual(irq, [true]);
    device.writePort(0xf0);
    assert.equal(device.ferr(true), true);
    const other = new CoprocessorError();
    other.restore(device.save());
    assert.equal(other.ferr(true), true);
    assert.equal(device.ferr(false), false);
    assert.equal(device.ferr(true), false);
    assert.deepEqual(irq, [true, false, true]);
  });
});
