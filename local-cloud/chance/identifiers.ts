/** Ids in the forms of AWS, drawn from the seed. */
import type { Random } from './random.ts';

/** A version 4 UUID, as in event ids and execution names. */
export function uuidFrom(random: Random): string {
  const variant = '89ab'[Math.floor(random.next() * 4)];
  return [
    hexFrom(random, 8),
    hexFrom(random, 4),
    `4${hexFrom(random, 3)}`,
    `${variant}${hexFrom(random, 3)}`,
    hexFrom(random, 12),
  ].join('-');
}

/** Random hexadecimal digits. */
export function hexFrom(random: Random, digits: number): string {
  return Array.from({ length: digits }, () => Math.floor(random.next() * 16).toString(16)).join('');
}

/** The random end of a physical name, as CloudFormation draws it: capital letters and digits. */
export function suffixFrom(random: Random, length: number): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
  return Array.from(
    { length },
    () => letters[Math.floor(random.next() * letters.length)] ?? 'A',
  ).join('');
}
