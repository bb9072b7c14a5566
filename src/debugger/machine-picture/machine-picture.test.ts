import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assemble } from '../../program';
import { asLoaded, flatImage, type MachineOptions } from '../../session';
import { Debuggee } from '../debuggee';
import { callStack } from '../places/stack';
import type { RunCommand } from '../run/run-settings';
import { machinePicture } from './machine-picture';
import { hereIn } from './worlds';
import type { MachinePicture, RoomPicture } from './picture';

/** Samples are run to some place, and their machine is drawn. */

const SAMPLES = join(__dirname, '../../../samples');

class Sample {
  private begun = false;

  private constructor(readonly debuggee: Debuggee) {}

  static async of(folder: string, file: string, options: Partial<MachineOptions>): Promise<Sample> {
    const program = await assemble(file, {
      read: (path) => Promise.resolve(readFileSync(join(SAMPLES, folder, path))),
    });
    assert.ok(!program.diagnostics.some(({ severity }) => severity === 'error'));
    const given = { monitor: 'vtx', memory: 8 << 20, ...options } as const;
    const debuggee = new Debuggee(
      { programs: [asLoaded(program)], image: flatImage(program), holdInterrupts: true, ...given },
      { output: () => undefined, log: () => undefined, breathe: () => Promise.resolve() },
    );
    return new Sample(debuggee);
  }

  async run(...commands: RunCommand['kind'][]): Promise<void> {
    for (const kind of commands) {
      const { debuggee } = this;
      const command = { kind, granularity: 'instruction' } as RunCommand;
      const { kind: how } = await debuggee.run.run(command, !this.begun);
      assert.equal(how, 'stopped');
      this.begun = true;
    }
  }

  /** On to the next exits, whatever they are for. */
  async exits(count = 1): Promise<void> {
    const { settings, target } = this.debuggee;
    const reasons = target.technique.exits.groups.flatMap((group) => group.reasons);
    const wanted = settings.stopAtExits;
    settings.stopAtExits = new Map(reasons.map((reason) => [reason, () => true]));
    for (let n = 0; n < count; n++) await this.run('continue');
    settings.stopAtExits = wanted;
  }

  /** Steps until execution is in a room. */
  async stepsTo(room: string, kind: 'step-in' | 'step-instruction' = 'step-in'): Promise<void> {
    const { target } = this.debuggee;
    for (let n = 0; n < 20_000 && hereIn(target) !== room; n++) await this.run(kind);
    assert.equal(this.picture.here, room);
  }

  get picture(): MachinePicture {
    const { target, chronicle } = this.debuggee;
    return machinePicture({ target, chronicle, frames: callStack(target), name: '' });
  }

  room(id: string): RoomPicture {
    const rooms = this.picture.worlds.flatMap((world) => world.rooms);
    const found = rooms.find((room) => room.id === id);
    assert.ok(found, id);
    return found;
  }

  /** 'CR3: the guest' */
  get owners(): string[] {
    return this.picture.owners.map(({ name, owner }) => `${name}: ${owner}`);
  }
}

/** 'guest/0 ← VM entry' */
const lastOf = ({ path }: MachinePicture): string => {
  const last = path.at(-1);
  return `${last?.room ?? ''} ← ${last?.by ?? ''}`;
};

const idsOf = ({ worlds }: MachinePicture): string[] =>
  worlds.flatMap(({ rooms }) => rooms.map(({ id }) => id));

describe('the picture of the machine', function () {
  this.timeout(120_000);

  it('shows a guest under VT-x, its exit, and its way back', async () => {
    const sample = await Sample.of('first-exits', 'kernel.asm', {});
    await sample.run('step-in');
    assert.deepEqual(idsOf(sample.picture), ['guest/3', 'guest/0', 'station/structure', 'host/0']);
    assert.equal(sample.picture.here, 'guest/0');
    assert.deepEqual(sample.owners.slice(0, 2), ['CR3: the guest', 'EPT: the VMM']);
    await sample.exits(3);
    const { here, next, sentence, title } = sample.picture;
    assert.equal(title, 'vtx · EPT');
    assert.equal(here, 'host/0');
    assert.deepEqual(next, { room: 'guest/0', by: 'VM entry' });
    assert.match(sentence, /^VMM, VMX root at handleExit \(vtx\.ts:\d+\); came by VM exit 3: I\/O/);
    assert.match(sample.room('guest/0').place, /^start\.next/);
    assert.ok(sample.owners.includes('CR3: the VMM'));
    await sample.run('step-out');
    assert.equal(lastOf(sample.picture), 'guest/0 ← VM entry');
    assert.equal(sample.picture.next, undefined);
  });

  it('shows each ring where it stands, and what led from one to the other', async () => {
    const sample = await Sample.of('rings', 'kernel.asm', {});
    await sample.run('step-in');
    await sample.stepsTo('guest/3', 'step-instruction');
    await sample.stepsTo('guest/0', 'step-instruction');
    assert.equal(sample.picture.here, 'guest/0');
    assert.equal(lastOf(sample.picture), 'guest/0 ← call into ring 0');
    assert.match(sample.room('guest/3').place, /^user_main/);
    assert.match(sample.room('guest/0').place, /^on_syscall/);
    assert.notEqual(sample.room('guest/0').instruction, '');
    assert.equal(sample.room('guest/3').instruction, '');
  });

  it('shows the bare computer as the program’s, then its hypervisor and guest', async () => {
    const sample = await Sample.of('hypervisor-vtx', 'hypervisor.asm', { monitor: 'none' });
    await sample.run('step-in');
    assert.deepEqual(idsOf(sample.picture), ['host/3', 'host/0']);
    assert.deepEqual(sample.owners, ['CR3: the program', 'IDT: the program', 'Devices: hardware']);
    await sample.exits();
    assert.deepEqual(idsOf(sample.picture), ['guest/3', 'guest/0', 'station/structure', 'host/0']);
    assert.equal(sample.picture.here, 'host/0');
    assert.match(sample.room('host/0').place, /^on_exit/);
    const path = sample.picture.path.map(({ room }) => room);
    assert.deepEqual(path.slice(-3), ['host/0', 'guest/0', 'host/0']);
  });

  it('has a kernel in ring 1 that believes to be in ring 0', async () => {
    const options = { monitor: 'deprivilege' } as const;
    const sample = await Sample.of('techniques/deprivilege', 'kernel.asm', options);
    await sample.exits(2);
    await sample.run('step-out');
    const kernel = sample.room('guest/0');
    assert.equal(kernel.name, 'Ring 1 · kernel');
    assert.equal(kernel.note, 'believes to be in ring 0');
    assert.equal(lastOf(sample.picture), 'guest/0 ← IRETQ');
    const owners = sample.owners.filter((owner) => /^(CR3|IDT)/.test(owner));
    assert.deepEqual(owners, ['CR3: the VMM', 'IDT: the VMM']);
  });

  it('has a translated kernel executed in the translation cache', async () => {
    const options = { monitor: 'translate' } as const;
    const sample = await Sample.of('techniques/translate', 'kernel.asm', options);
    await sample.exits(2);
    assert.equal(sample.picture.next?.room, 'station/translation-cache');
    await sample.run('step-out');
    const { here, worlds, sentence } = sample.picture;
    assert.equal(here, 'station/translation-cache');
    assert.deepEqual(
      worlds.map(({ kind }) => kind),
      ['guest', 'between', 'host'],
    );
    assert.match(sample.room(here).facts.join(), /^\d+ blocks,from 0x/);
    assert.match(sentence, /^Guest, ring 0, .*translated, in ring 1 at protected/);
  });

  it('has hypercalls between a paravirtual kernel and the VMM', async () => {
    const options = { monitor: 'paravirt' } as const;
    const sample = await Sample.of('techniques/paravirt', 'kernel.asm', options);
    await sample.exits(8);
    assert.match(sample.room('station/hypercalls').facts.join(), /^VMCALL: \d+ so far/);
  });

  it('has an emulator in the VMM, where no guest ever runs', async () => {
    const sample = await Sample.of('first-exits', 'kernel.asm', { monitor: 'emulate' });
    await sample.run('step-in');
    assert.match(sample.room('station/emulator').facts.join(), /^fetch → decode → execute/);
    assert.equal(sample.owners[0], 'CR3: the VMM');
    await sample.stepsTo('host/0');
    assert.match(lastOf(sample.picture), /^host\/0 ← emulation of/);
  });

  it('goes into the kernel of a host where a page of the guest’s gets its frame', async () => {
    const hosting = { memory: 8 << 20 };
    const sample = await Sample.of('techniques/hosting', 'kernel.asm', { hosting });
    await sample.run('step-in');
    await sample.stepsTo('system/0');
    assert.match(sample.room('system/0').facts.join(), /^process with CR3 0x/);
    assert.match(sample.picture.title, /hosted/);
  });

  it('tells a guest’s guest from the guest', async () => {
    const options = { nested: true } as const;
    const sample = await Sample.of('hypervisor-vtx', 'hypervisor.asm', options);
    await sample.run('step-in');
    await sample.stepsTo('inner/0', 'step-instruction');
    const { worlds, path } = sample.picture;
    assert.deepEqual(
      worlds.map(({ id }) => id),
      ['inner', 'guest', 'host'],
    );
    assert.equal(path.at(-1)?.room, 'inner/0');
  });
});
