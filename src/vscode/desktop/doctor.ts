export { diagnoseText, diagnosisDocument, NoDump, speak } from '../../doctor';
