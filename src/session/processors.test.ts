import assert from 'node:assert/strict';
import { neededProcessor, processorAndMonitor } from './processors';

describe('the processor and the monitor of a computer', () => {
  it('follow from each other where one is said, and are Intel’s where none is', () => {
    const both = (...said: Parameters<typeof processorAndMonitor>) => {
      const { cpu, monitor } = processorAndMonitor(...said);
      return `${cpu} ${monitor}`;
    };
    assert.equal(both(undefined, undefined), 'intel vtx');
    assert.equal(both('amd', undefined), 'amd svm');
    assert.equal(both(undefined, 'svm'), 'amd svm');
    assert.equal(both(undefined, 'emulate'), 'intel emulate');
    assert.equal(both('amd', 'none'), 'amd none');
  });

  it('do not fit together where the technique is another maker’s', () => {
    assert.equal(neededProcessor('vtx'), 'intel');
    assert.equal(neededProcessor('svm'), 'amd');
    assert.equal(neededProcessor('deprivilege'), undefined);
  });
});
