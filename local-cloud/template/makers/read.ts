/** How makers read what they are given. */
import { type Properties, propertiesOf } from '../../properties.ts';
import { type ToBeMade, whatIs } from '../resource.ts';

/** @throws PropertyError for a property that is not among the names */
export function read(resource: ToBeMade, names: readonly string[]): Properties {
  return propertiesOf(whatIs(resource), resource.properties, names);
}
