import assert from 'node:assert/strict';
import { checkAttributes, unknownAttributes } from './launch-attributes';

describe('launch attributes', () => {
  const check = (more: object) => checkAttributes({ program: 'k.asm', ...more });

  it('have defaults', () => {
    const settings = check({});
    assert.equal(settings.memory, 64 * 2 ** 20);
    assert.equal(settings.monitor, 'vtx');
    assert.equal(settings.cpu, 'intel');
    assert.equal(settings.cpus, 1);
    assert.equal(settings.tlbTags, true);
    assert.equal(settings.stopOnEntry, true);
    assert.equal(settings.holdInterrupts, true);
    assert.ok(settings.intercepts.includes('cr3'));
  });

  it('take sizes with and without units', () => {
    const sizes: [unknown, number][] = [
      ['16M', 2 ** 24],
      ['2 G', 2 ** 31],
      ['2048K', 2 ** 21],
      [2 ** 20, 2 ** 20],
      ['32MiB', 2 ** 25],
      ['8mb', 2 ** 23],
    ];
    for (const [memory, wanted] of sizes) assert.equal(check({ memory }).memory, wanted);
  });

  it('name what is wrong and what is allowed', () => {
    const cases: [object, RegExp][] = [
      [{ memory: '100G' }, /100G.*1M.*3G/],
      [{ memory: '4K' }, /4K.*1M/],
      [{ memory: -1 }, /"memory".*-1/],
      [{ memory: {} }, /"memory"/],
      [
        { monitor: 'xen' },
        /"vtx" \/ "svm" \/ "deprivilege" \/ "translate" \/ "paravirt" \/ "emulate" \/ "none".*xen/,
      ],
      [{ cpu: 'via' }, /"intel" \/ "amd".*via/],
      [{ cpu: 'amd', monitor: 'vtx' }, /"vtx".*VT-x.*"cpu": "amd"/],
      [{ cpu: 'intel', monitor: 'svm' }, /"svm".*SVM.*"cpu": "intel"/],
      [{ cpus: 9, monitor: 'none' }, /"cpus".*1 to 8.*9/],
      [{ cpus: '2' }, /"cpus".*"2"/],
      [{ cpus: 2, monitor: 'emulate' }, /"cpus": 2 .*"vtx", "svm" or "none"/],
      [{ cpus: 2, paging: 'shadow' }, /"cpus": 2 .*"paging": "ept"/],
      [{ nested: true, monitor: 'emulate' }, /"nested".*"monitor": "vtx"/],
      [{ nested: true, paging: 'shadow' }, /"nested".*"paging": "ept"/],
      [{ nested: true, hosting: 'hosted' }, /"nested".*"hosting": "bare"/],
      [{ nested: true, cpus: 2 }, /"nested".*one processor/],
      [{ nested: true, guests: [{ program: 'b.asm' }] }, /"nested".*"guests"/],
      [{ cpus: 2, guests: [{ program: 'b.asm' }] }, /"cpus".*"guests".*not 2/],
      [{ paging: 'npt' }, /"ept" \/ "shadow".*npt/],
      [{ tlbTags: true }, /"on" \/ "off".*true/],
      [{ stopOnEntry: 1 }, /"stopOnEntry".*1/],
      [{ intercepts: 'all' }, /"intercepts".*"all"/],
      [{ intercepts: ['cr9'] }, /"cr3".*"cr9"/],
      [{ interruptsWhileStepping: true }, /"hold" \/ "deliver"/],
      [{ time: 'slow' }, /"real" \/ "fast"/],
      [{ defines: { '1x': '2' } }, /1x/],
      [{ includeDirs: [1] }, /"includeDirs"/],
      [{ program: 5 }, /"program".*5/],
      [{ program: '' }, /"program"/],
      [{ floppy: ['a', 'b', 'c'] }, /"floppy".*two/],
      [{ floppy: [[]] }, /"floppy"/],
      [{ floppy: { image: 'a' } }, /"floppy"/],
      [{ cdrom: '' }, /"cdrom"/],
      [{ writable: 'yes' }, /"writable".*"yes"/],
    ];
    for (const [more, message] of cases) {
      assert.throws(
        () => check(more),
        (error: Error) => message.test(error.message),
        JSON.stringify(more),
      );
    }
  });

  it('take floppy disks one by one, or in parts', () => {
    const floppies = (floppy: unknown): unknown => checkAttributes({ floppy }).floppies;
    assert.deepEqual(floppies('a'), [['a']]);
    assert.deepEqual(floppies(['a', { program: 'b' }]), [['a'], ['b']]);
    assert.deepEqual(floppies([['a', { program: 'b' }]]), [['a', 'b']]);
    assert.equal(checkAttributes({ cdrom: 'c' }).cdrom, 'c');
  });

  it('finds unknown ones, but not those of clients', () => {
    const args = {
      program: 'x',
      name: 'n',
      type: 'ringside',
      request: 'launch',
      __sessionId: '1',
      memroy: 1,
      stopAtEntry: true,
    };
    assert.deepEqual(unknownAttributes(args), ['memroy', 'stopAtEntry']);
  });
});
