import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sampleFiles } from 'ringside:sample-files';
import { planCopy, type Launch } from './copy-plan';
import { SAMPLES, type Sample } from './samples';

const FOLDER = join(__dirname, '../../../samples');
const { configurations } = JSON.parse(
  readFileSync(join(FOLDER, '.vscode/launch.json'), 'utf8'),
) as { configurations: Launch[] };

const plan = (id: string) => {
  const sample = SAMPLES.find((each) => each.id === id);
  assert.ok(sample);
  return planCopy(sample, sampleFiles, configurations);
};

describe('samples that are copied', () => {
  it('are all that there are: each folder with a README belongs to one', () => {
    const readmes = sampleFiles.filter((name) => name.endsWith('/README.md'));
    const without = readmes.filter((name) => !SAMPLES.some(({ id }) => name.startsWith(`${id}/`)));
    // What is built by a task stays in the folder of all samples, which has the task.
    assert.deepEqual(without, ['c-kernel/README.md']);
  });

  for (const sample of SAMPLES as readonly Sample[]) {
    it(`${sample.id} has its first source, both READMEs and its configurations`, () => {
      const { files, launches } = plan(sample.id);
      const names = files.map(({ to }) => to);
      for (const name of [sample.first, 'README.md', 'README.zh-CN.md']) {
        assert.ok(names.includes(name), name);
      }
      assert.equal(new Set(names).size, names.length, 'each name once');
      for (const { from } of files) assert.ok(sampleFiles.includes(from), from);
      assert.deepEqual(
        launches.map(({ name }) => name),
        sample.configurations ?? [],
      );
    });
  }

  it('have launch configurations for the folder in which they are then', () => {
    const { launches } = plan('hypervisor-vtx');
    assert.equal(launches[0]?.['program'], '${workspaceFolder}/hypervisor.asm');
    assert.equal(launches[0]?.['monitor'], 'none');
  });

  it('bring along what they need of another sample', () => {
    const { files, launches } = plan('techniques/paravirt');
    assert.equal(launches[0]?.['disk'], '${workspaceFolder}/poem.txt');
    assert.ok(files.some(({ from, to }) => from === 'multiboot/poem.txt' && to === 'poem.txt'));
  });
});
