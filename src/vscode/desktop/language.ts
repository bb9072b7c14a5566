export { LanguageService, speak } from '../../language';
