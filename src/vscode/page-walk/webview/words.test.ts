import assert from 'node:assert/strict';
import type { PageTexts } from '../messages';
import { shadowed, twoDimensions, unread } from './picture.testing';
import { cellAt } from './steps';
import { cellHead, cellName, verdictOf } from './words';

const TEXTS = {
  labelled: '{0}: {1}',
  withNote: '{0} ({1})',
  separator: ', ',
  reference: 'Reference {0}',
  references: '{0} references',
  stops: 'the walk ends here',
  differs: 'differs',
} as PageTexts;

describe('the words of a page walk', () => {
  const picture = twoDimensions();
  const cell = cellAt(picture, 5) ?? assert.fail();

  it('name an entry for those who do not see it', () => {
    assert.equal(cellName(cell, false, TEXTS), 'PML4E[0] 5 0x1007 P W U, Reference 5');
    assert.equal(
      cellName({ ...cell, flags: '', stops: true }, true, TEXTS),
      'PML4E[0] 5 0x1007, Reference 5, the walk ends here, differs',
    );
    assert.equal(cellName(unread(cell), false, TEXTS), 'PML4E[0] 0x1007 P W U');
    assert.equal(cellHead(cell, TEXTS), 'PML4E[0] (HPA 0x1000): 0x1007');
  });

  it('say what hardware finds where it walks the shadow tables', () => {
    assert.equal(
      verdictOf(shadowed(), TEXTS),
      'GPA 0x7000 = HPA 0x9000, shadow walk: HPA 0x9000, 4 references, TLB: miss',
    );
  });

  it('say where the walk leads to, or why it ends before', () => {
    assert.equal(
      verdictOf(picture, TEXTS),
      'GPA 0x7000 = HPA 0x9000, page of 4 KB, 24 references, TLB: miss',
    );
    const stop = {
      ...{ title: 'Reference 20: PTE[0]', why: 'not present', outcome: '#PF (0x0)' },
      ...{ receiver: 'guest' as const, receiverText: 'the guest’s own handler receives it' },
    };
    assert.equal(
      verdictOf({ ...picture, stop }, TEXTS),
      'Reference 20: PTE[0]: not present, #PF (0x0), the guest’s own handler receives it, TLB: miss',
    );
  });
});
