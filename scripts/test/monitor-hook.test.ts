import assert from 'node:assert/strict';
import { monitorSources } from 'ringside:monitor-sources';
import { handleCpuid } from '../../src/vmm/hardware/exits/cpuid';
import { eptPaging } from '../../src/vmm/vtx/paging/ept';
import { TAGGED } from '../../src/vmm/vtx/translations';
import { vtxVcpu } from '../../src/vmm/vtx/vtx-vcpu';

describe('monitor hook of the unit tests', () => {
  it('lets an operation know its place in the source that is served', () => {
    const operation = handleCpuid(vtxVcpu(eptPaging(TAGGED), { number: 0, of: 1 })).next().value;
    assert.ok(operation?.site);
    const { file, line, column, function: name } = operation.site;
    assert.equal(file, 'vmm/hardware/exits/cpuid.ts');
    assert.equal(name, 'handleCpuid');
    const text = monitorSources[file]?.split('\n')[line - 1] ?? '';
    assert.match(text.slice(column - 1), /^yield guestRegister\(0\)/);
  });
});
