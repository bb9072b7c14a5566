import assert from 'node:assert/strict';
import { monitorSources } from 'ringside:monitor-sources';
import { handleCpuid } from '../../src/vmm/vtx/exits/cpuid';

describe('monitor hook of the unit tests', () => {
  it('lets an operation know its place in the source that is served', () => {
    const operation = handleCpuid().next().value;
    assert.ok(operation?.site);
    const { file, line, column, function: name } = operation.site;
    assert.equal(file, 'vmm/vtx/exits/cpuid.ts');
    assert.equal(name, 'handleCpuid');
    const text = monitorSources[file]?.split('\n')[line - 1] ?? '';
    assert.match(text.slice(column - 1), /^yield guestRegister\(0\)/);
  });
});
