import Mocha from 'mocha';
import { env } from 'vscode';
import { activationSuite } from './activation';
import { chineseSuite } from './chinese';
import { comparisonSuite } from './comparison';
import { debuggingSuite } from './debugging';
import { doctorSuite } from './doctor';
import { editedSuite } from './edited';
import { editingSuite } from './editing';
import { firstMinutesSuite } from './first-minutes';
import { runSuites } from './harness';
import { languageSuite } from './language';
import { executedSuite } from './executed';
import { machineSuite } from './machine';
import { pageWalkSuite } from './page-walk';
import { pastSuite } from './past';
import { screenSuite } from './screen';
import { watchSessions } from './session';
import { timelineSuite } from './timeline';
import { viewsSuite } from './views';

/** The suites in the extension host that is a Node process. */
export function run(): Promise<void> {
  watchSessions();
  const mocha = new Mocha({ ui: 'bdd', timeout: 30_000 });
  const only = process.env.RINGSIDE_GREP;
  if (only !== undefined) mocha.grep(only);
  return runSuites(mocha, () => {
    activationSuite('process');
    if (env.language === 'zh-cn') {
      chineseSuite();
      return;
    }
    debuggingSuite();
    firstMinutesSuite();
    pastSuite();
    executedSuite();
    editedSuite();
    timelineSuite();
    pageWalkSuite();
    machineSuite();
    viewsSuite();
    screenSuite();
    comparisonSuite();
    doctorSuite();
    editingSuite();
    languageSuite();
  });
}
