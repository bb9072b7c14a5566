import assert from 'node:assert/strict';
import { assembleText, bootProgram, WAYS, type Way } from '../../session';
import { deedTexts } from '../words/deeds';
import type { Progress } from './comparison';
import { findSamePlace, type Place, type SamePlace } from './same-place';
import { Subject, type Experiment } from './subject';

const MEMORY = 2 * 2 ** 20;
const [BARE, ...OTHERS] = WAYS;

/** Counts down in CX; each round reads a page of its own, and asks the processor who it is. */
const ROUNDS = `
    mov cx, 5
round:
    mov bx, cx
    shl bx, 12
    mov al, [bx]
here:
    push cx
    xor eax, eax
    cpuid
    pop cx
    loop round
    hlt`;
/** Goes where only a computer without a monitor leads: CPUID tells that there is a hypervisor. */
const SUSPICIOUS = `
    mov eax, 1
    cpuid
    bt ecx, 31
    jc guest
here:
    nop
    hlt
guest:
    hlt`;

interface Guest {
  readonly experiment: Experiment;
  readonly address: bigint;
}

async function guest(source: string): Promise<Guest> {
  const program = await assembleText(`bits 16\norg 0x7c00\n${source}`);
  const image = await bootProgram(program, { name: 'guest.asm', memory: MEMORY });
  const known = { programs: [program], firmware: [] };
  const here = program.symbols.all.find(({ name }) => name === 'here');
  assert.ok(here);
  return { experiment: { image, memory: MEMORY, limit: 1000, known }, address: here.value };
}

/** Where a guest stands when it has completed so many instructions and comes to the address next. */
function placeAt({ experiment, address }: Guest, way: Way, arrival: number): Place {
  const subject = new Subject(experiment, way);
  let left = arrival;
  for (let count = 0; count < 1000; count++) {
    subject.to(count);
    if (subject.technique.guest.rip === address && --left === 0) {
      return { way, address, instructions: subject.instructions };
    }
  }
  throw new Error('it never comes there');
}

function found(steps: Generator<Progress, SamePlace, void>): SamePlace {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

describe('the same place in another way', () => {
  for (const way of OTHERS) {
    it(`is the same arrival at the instruction (${way.name})`, async () => {
      const rounds = await guest(ROUNDS);
      const result = found(findSamePlace(rounds.experiment, placeAt(rounds, BARE, 3), way));
      assert.ok(result.kind === 'reached', result.kind);
      assert.deepEqual(result.arrival, { address: rounds.address, count: 3 });
      const back = found(findSamePlace(rounds.experiment, placeAt(rounds, way, 3), BARE));
      assert.ok(back.kind === 'reached', back.kind);
      assert.equal(back.arrival.count, 3, 'an instruction that is begun anew counts once');
    });
  }

  it('leaves the guest as it is, and tells what becomes of the next instruction', async () => {
    const rounds = await guest(ROUNDS.replace('here:', '').replace('    cpuid', 'here: cpuid'));
    const tell = (name: string): string[] => {
      const way = OTHERS.find((each) => each.name === name);
      assert.ok(way);
      const result = found(findSamePlace(rounds.experiment, placeAt(rounds, BARE, 2), way));
      assert.ok(result.kind === 'reached', result.kind);
      assert.deepEqual(deedTexts(result.here), ['executed directly by the processor']);
      return deedTexts(result.there);
    };
    assert.deepEqual(tell('vtx'), ['leaves the guest: CPUID', 'done in software by the monitor']);
    assert.deepEqual(tell('emulate'), ['done in software by the monitor']);
  });

  it('is not where the guest takes another path: it says where they part', async () => {
    const suspicious = await guest(SUSPICIOUS);
    const vtx = OTHERS.find(({ name }) => name === 'vtx');
    assert.ok(vtx);
    const result = found(findSamePlace(suspicious.experiment, placeAt(suspicious, BARE, 1), vtx));
    assert.ok(result.kind === 'elsewhere', result.kind);
    assert.match(result.parting?.place.instruction ?? '', /cpuid/);
    assert.equal(result.parting?.register, 'rcx');
  });

  it('is not found for a guest that was led to it from outside', async () => {
    const rounds = await guest(ROUNDS);
    const place = placeAt(rounds, BARE, 2);
    for (const wrong of [
      { ...place, address: place.address + 1n },
      { ...place, instructions: 1_000_000 },
    ]) {
      assert.equal(found(findSamePlace(rounds.experiment, wrong, BARE)).kind, 'not-again');
    }
  });
});
