import { define } from "consensus-playground/element";

define();
