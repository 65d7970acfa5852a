// The parts of the page, in the order of the tabs: one row each.

import type { Part } from "./part";
import { playground } from "./parts/playground";

export const PARTS: Part[] = [playground];
