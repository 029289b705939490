/// Kept for its name: specifications for the Move Prover once stood here.
module sui::prover;
