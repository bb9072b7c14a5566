import assert from 'node:assert/strict';
import { Field } from '../../../isa/vmx/fields';
import { PhysicalMemory } from '../../physical-memory';
import { PassedWords } from '../../state/layout';
import { Vmcs } from '../vmcs';
import { fieldWord, VMCS_BYTES_USED } from '../vmcs-layout';
import { WatchedWords, wordComparison } from './watched-words';

const CR3 = fieldWord(Field.GUEST_CR3);
const RIP = fieldWord(Field.GUEST_RIP);

function watching(...words: number[]) {
  const memory = new PhysicalMemory(0x10000);
  const vmcs = new Vmcs(memory, 0x3000);
  const findChange = wordComparison(memory.memory);
  const watched = new WatchedWords(vmcs, findChange, PassedWords.BASE + PassedWords.LIST_SIZE);
  for (const word of words) watched.add(word);
  const changed = (): number[] => {
    const seen: number[] = [];
    watched.look((word) => seen.push(word));
    return seen;
  };
  return { memory, vmcs, findChange, watched, changed };
}

describe('watched words of a VMCS', () => {
  it('tell of each change once, in the order in which they came', () => {
    const { vmcs, changed } = watching(RIP, CR3 + 1, CR3);
    assert.deepEqual(changed(), []);
    vmcs.write(Field.GUEST_CR3, 0x1_0000_0001n);
    vmcs.write(Field.GUEST_RIP, 7n);
    assert.deepEqual(changed(), [RIP, CR3 + 1, CR3]);
    assert.deepEqual(changed(), []);
  });

  it('are watched from what they are when they are added', () => {
    const { vmcs, watched, changed } = watching();
    vmcs.write(Field.GUEST_RIP, 5n);
    watched.add(RIP);
    assert.deepEqual(changed(), []);
    vmcs.write(Field.GUEST_RIP, 0n);
    assert.deepEqual(changed(), [RIP]);
  });

  it('do not tell of other words, or of changes that were taken back', () => {
    const { vmcs, changed } = watching(CR3);
    vmcs.write(Field.GUEST_RIP, 1n);
    vmcs.write(Field.GUEST_CR3, 1n);
    vmcs.write(Field.GUEST_CR3, 0n);
    assert.deepEqual(changed(), []);
  });

  it('are kept apart from those of another VMCS', () => {
    const { memory, vmcs, findChange, changed } = watching(RIP);
    const other = new Vmcs(memory, 0x4000);
    new WatchedWords(other, findChange, PassedWords.BASE + 2 * PassedWords.LIST_SIZE).add(CR3);
    vmcs.write(Field.GUEST_RIP, 1n);
    assert.deepEqual(changed(), [RIP]);
  });

  it('have room for all words of a region', () => {
    assert.ok((VMCS_BYTES_USED / 4) * 8 <= PassedWords.LIST_SIZE);
  });
});
