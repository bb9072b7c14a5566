/** The samples that ship, in the order in which to learn from them. */

export interface Sample {
  /** Its folder, below that of all samples. */
  readonly id: string;
  /** What is opened first. */
  readonly first: string;
  /** Its launch configurations in samples/.vscode/launch.json; without any, F5 does. */
  readonly configurations?: readonly string[];
}

const list = <const T extends readonly Sample[]>(samples: T): T => samples;

export const SAMPLES = list([
  { id: 'first-exits', first: 'kernel.asm' },
  { id: 'rings', first: 'kernel.asm' },
  { id: 'bios', first: 'boot.asm' },
  { id: 'boot-disk', first: 'boot.asm', configurations: ['boot-disk'] },
  { id: 'multiboot', first: 'kernel.asm', configurations: ['multiboot'] },
  { id: 'kernel32', first: 'kernel.asm', configurations: ['kernel32 from a disk'] },
  { id: 'techniques/emulate', first: 'kernel.asm', configurations: ['emulate'] },
  { id: 'techniques/deprivilege', first: 'kernel.asm', configurations: ['deprivilege'] },
  { id: 'techniques/deprivilege-64', first: 'kernel.asm', configurations: ['deprivilege-64'] },
  { id: 'techniques/translate', first: 'kernel.asm', configurations: ['translate'] },
  { id: 'techniques/paravirt', first: 'kernel.asm', configurations: ['paravirt'] },
  {
    id: 'techniques/paravirt-transparent',
    first: 'kernel.asm',
    configurations: ['paravirt-transparent'],
  },
  { id: 'techniques/shadow-paging', first: 'kernel.asm', configurations: ['shadow-paging'] },
  { id: 'techniques/several-guests', first: 'counter.asm', configurations: ['several guests'] },
  { id: 'techniques/hosting', first: 'kernel.asm', configurations: ['hosting'] },
  { id: 'techniques/nano-benchmarks', first: 'kernel.asm' },
  { id: 'hypervisor-vtx', first: 'hypervisor.asm', configurations: ['hypervisor-vtx'] },
  { id: 'hypervisor-svm', first: 'hypervisor.asm', configurations: ['hypervisor-svm'] },
  {
    id: 'broken-entries',
    first: '01-task-register.asm',
    configurations: ['a broken entry (the open file)', 'a broken entry on AMD (the open file)'],
  },
]);

export type SampleId = (typeof SAMPLES)[number]['id'];
