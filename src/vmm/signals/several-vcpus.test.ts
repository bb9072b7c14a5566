import assert from 'node:assert/strict';
import { Field } from '../../isa/vmx/fields';
import { SCARCE } from '../../session/ways.testing';
import { Vmcs } from '../../processor/vmx/vmcs';
import {
  boot,
  BY_IPI,
  COUNTING,
  EXIT,
  NMIS,
  program,
  result,
  STALE,
  START_ALL,
  STARTED_ANEW,
  wait,
  WRITTEN_CODE,
  type Options,
} from '../../machine/several-processors.testing';

/** Guests with several virtual processors do as the same programs do on a computer with several processors. */

const LEAST_SLICE = 50_000;

for (const monitor of ['vtx', 'svm'] as const) {
  describe(`a guest with several virtual processors (${monitor})`, function () {
    this.timeout(60_000);

    const sameAsBare = async (source: string, options: Omit<Options, 'monitor'>): Promise<void> => {
      const cpu = monitor === 'svm' ? 'amd' : 'intel';
      const bare = await result(source, { ...options, cpu });
      assert.deepEqual(await result(source, { ...options, monitor }), bare);
    };
    /** The kind of end that it comes to by itself. */
    const endOf = async (first: string, other: string): Promise<string> => {
      const { run } = await boot(program(START_ALL, first, other), { cpus: 2, monitor });
      const stop = run.turn(60_000, 3_000_000);
      return stop.kind === 'end' ? stop.end.kind : stop.kind;
    };

    it('starts them, and they share memory', async () => {
      const { text, value } = await result(COUNTING, { cpus: 4, monitor });
      assert.equal(value, 3); // 3 × 256
      assert.deepEqual([...text].sort(), ['1', '2', '3']);
      assert.equal((await result(COUNTING, { cpus: 4, monitor, engine: 'reference' })).value, 3);
    });

    it('loses nothing on a host that takes its pages away', async () => {
      const { value } = await result(COUNTING, { cpus: 4, monitor, hosting: SCARCE });
      assert.equal(value, 3);
    });

    it('has translations with a tag for each of them', async () => {
      const { machine } = await boot(COUNTING, { cpus: 3, monitor });
      const tags = machine.vms?.all.map(({ host }) => {
        const { memory } = machine.computer;
        const vmcs = host.vmcs === undefined ? undefined : new Vmcs(memory, host.vmcs);
        return vmcs?.readNumber(Field.VIRTUAL_PROCESSOR_ID) ?? host.vmcb?.readNumber('GUEST_ASID');
      });
      assert.deepEqual(tags, [1, 2, 3]);
    });

    it('interrupts another one, which rests in HLT, by an IPI', () =>
      sameAsBare(BY_IPI, { cpus: 2 }));

    it('interrupts another one, which has interrupts off, by NMIs', () =>
      sameAsBare(NMIS, { cpus: 2 }));

    it('starts one anew that has run already', () => sameAsBare(STARTED_ANEW, { cpus: 2 }));

    it('lets each have translations of its own, which it drops by itself', async () => {
      const { text } = await result(STALE, { cpus: 2, monitor });
      // A switch to the other one may drop them earlier: only what is read behind INVLPG is certain.
      assert.match(text, /^o[on]n[on]n$/);
    });

    it('executes code that another one has just written', () =>
      sameAsBare(WRITTEN_CODE, { cpus: 2 }));

    it('is told by CPUID how many there are, and which it is', async () => {
      const tell = `mov eax, 1
        cpuid
        mov eax, ebx
        shr eax, 16
        add al, '0'
        out 0xe9, al
        shr eax, 8
        add al, '0'
        out 0xe9, al
        bt edx, 28
        setc al
        add al, '0'
        out 0xe9, al
        mov ecx, 0x1b
        rdmsr
        shr eax, 8
        and al, 1
        add al, '0'
        out 0xe9, al`;
      const other = `${tell}
        lock inc dword [.done]`;
      const source = program(`${tell}\n${START_ALL}`, `${wait(1)}\n${EXIT('mov al, 1')}`, other);
      // Each: how many, its number, HTT, whether it is the bootstrap processor.
      assert.equal((await result(source, { cpus: 2, monitor })).text, '20112110');
      await sameAsBare(source, { cpus: 2 });
    });

    it('gives the turn to others where it waits with PAUSE', async () => {
      const first = `.first: pause
        cmp dword [.done], 1
        jne .first
        ${EXIT('mov al, 1')}`;
      const { machine, run } = await boot(program(START_ALL, first, 'lock inc dword [.done]'), {
        cpus: 2,
        monitor,
      });
      assert.equal(run.turn(60_000, 3_000_000).kind, 'end');
      assert.ok(machine.computer.processor.time < LEAST_SLICE);
    });

    it('has halted when all rest with interrupts off, and not before', async () => {
      const spin = 'mov ecx, 200000\n.spin: loop .spin';
      assert.equal(await endOf('cli\nhlt', spin), 'halted');
      assert.equal(await endOf('cli\nhlt', `${spin}\n${EXIT('mov al, 1')}`), 'exit-device');
      assert.equal(await endOf(`${spin}\ncli\nhlt`, 'cli\nhlt'), 'halted');
    });

    it('ends as a whole with a triple fault of one', async () => {
      const fault = `lidt [.empty]
        ud2
.empty: dq 0`;
      assert.equal(await endOf('.on: jmp .on', fault), 'shutdown');
    });

    it('sleeps until something comes from outside, with all its virtual processors', async () => {
      const rest = 'sti\n.sleep: hlt\njmp .sleep';
      const source = program(START_ALL, rest, rest.replaceAll('.sleep', '.rest'));
      const { run } = await boot(source, { cpus: 2, monitor });
      const stop = run.turn(60_000, 3_000_000);
      assert.ok(stop.kind === 'waiting' || (stop.kind === 'end' && stop.end.kind === 'asleep'));
    });

    it('comes to the same state from any moment that was saved', async () => {
      const options = { cpus: 3, monitor, slice: 320 };
      const guest = await boot(COUNTING, options);
      const advance = ({ run }: typeof guest, steps: number): void => {
        for (let n = 0; n < steps; n++) {
          if (run.inMonitor) run.operate();
          else run.execute(97);
        }
      };
      const saved: ReturnType<typeof guest.machine.save>[] = [];
      for (let n = 0; n < 5; n++) {
        advance(guest, 811);
        saved.push(guest.machine.save());
      }
      const expected = guest.machine.stateHash;
      const again = await boot(COUNTING, options);
      for (const [n, moment] of saved.entries()) {
        again.machine.restore(moment);
        advance(again, 811 * (saved.length - 1 - n));
        assert.equal(again.machine.stateHash, expected);
      }
    });
  });
}
