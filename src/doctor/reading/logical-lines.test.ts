import assert from 'node:assert/strict';
import { logicalLines } from './logical-lines';

const texts = (text: string): string[] =>
  logicalLines(text).map((line) => line.text.trim().replace(/ +/g, ' '));

describe('logical lines', () => {
  for (const prefix of [
    '> ',
    '>>>> ',
    '(XEN) ',
    '[  673.850218] ',
    '[28041.030248][T78789] ',
    '[Thu Jun  6 08:47:47 2019] ',
    '(XEN) [2019-11-02 14:09:46] ',
    'Jun 24 17:25:51 host kernel: ',
    'Jun 24 17:25:51 host kernel: [10639.238026] ',
    '2024-05-01T10:11:12.345678+02:00 host kernel: ',
    '[  673.850218] kvm_intel: ',
    '> [7011807.029737] SVM: ',
    '[…] ',
  ]) {
    it(`begin after ${JSON.stringify(prefix)}`, () => {
      const [line] = logicalLines(`${prefix}CR3 = 0x0000000000001000`);
      assert.equal(line?.text.trim(), 'CR3 = 0x0000000000001000');
      assert.deepEqual(line?.placeOf(line.text.indexOf('0x')), {
        line: 1,
        column: prefix.length + 7,
      });
    });
  }

  it('go on where a mail broke them', () => {
    const text = [
      '> CR0: actual=0x0000000080050031,',
      '> shadow=0x0000000080050031, gh_mask=ffffffffffffffff',
      '> RFLAGS=0x00000187         DR7 =',
      '> 0x0000000000000400',
      '> Interruptibility = 00000002  ActivityState',
      '> = 00000000',
      '> VMExit: intr_info=00000000',
      '> errcode=00000000 ilen=00000003',
    ].join('\n');
    assert.deepEqual(texts(text), [
      'CR0: actual=0x0000000080050031, shadow=0x0000000080050031, gh_mask=ffffffffffffffff',
      'RFLAGS=0x00000187 DR7 = 0x0000000000000400',
      'Interruptibility = 00000002 ActivityState = 00000000',
      'VMExit: intr_info=00000000 errcode=00000000 ilen=00000003',
    ]);
  });

  it('know where each piece stood', () => {
    const [line] = logicalLines('> RFLAGS=0x00000187         DR7 =\n> > 0x0000000000000400');
    assert.deepEqual(line?.placeOf(line.text.indexOf('0x0000000000000400')), {
      line: 2,
      column: 5,
    });
  });

  it('are decoded where they are quoted-printable', () => {
    assert.deepEqual(texts('CR3 =3D 0x00000000=\n00001000=20'), ['CR3 = 0x0000000000001000']);
    assert.deepEqual(texts('Sysenter RSP=20000000'), ['Sysenter RSP=20000000']);
  });

  it('are not joined with what does not belong to them', () => {
    assert.equal(texts('we saw, \n*** Guest State ***').length, 2);
    assert.equal(texts('VMCS =\n*** Guest State ***').length, 2);
  });
});
