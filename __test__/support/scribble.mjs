/** Writes all over an answer, as its owner may. */
export function scribble(answer) {
  if (typeof answer !== 'object' || answer === null) return;
  for (const key of Object.keys(answer)) {
    scribble(answer[key]);
    answer[key] = 'scribbled';
  }
  if (Array.isArray(answer)) answer.push('scribbled');
  else answer.scribbled = true;
}
