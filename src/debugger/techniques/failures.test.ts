import assert from 'node:assert/strict';
import { SvmExit } from '../../isa/svm/exit-codes';
import { ExitReason } from '../../isa/vmx/exit-reasons';
import { assembleText, flatImage, Machine } from '../../session';
import { failureWords, NO_PLACES, techniqueOf } from '.';

describe('why a monitor cannot go on', () => {
  it('an exit without a handler is told by the name and number that its maker gives it', async () => {
    const image = flatImage(await assembleText('org 0x7c00\nhlt'));
    const told = (monitor: 'vtx' | 'svm', reason: number): string => {
      const machine = new Machine(image, { monitor, memory: 1 << 20 });
      const { exits } = techniqueOf(machine, NO_PLACES);
      return failureWords({ kind: 'unhandled-exit', reason }, exits);
    };
    const words = 'the monitor has no handler for VM exit';
    assert.equal(told('vtx', ExitReason.XSETBV), `${words} 55: XSETBV`);
    assert.equal(told('svm', SvmExit.XSETBV), `${words} 8Dh: XSETBV`);
    assert.equal(told('svm', SvmExit.NPF), `${words} 400h: Nested page fault`);
  });
});
