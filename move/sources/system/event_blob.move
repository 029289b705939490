/// Event blobs: the protocol's own events, batched into blobs by the storage nodes.
///
/// A node attests an event blob by its transaction. The weights of equal attestations are added up here
/// until they reach a quorum; the rules of attesting are in `system_state_inner`.
module walrus::event_blob;

use sui::vec_map::{Self, VecMap};

/// A certified event blob must end at a later checkpoint than the one before it.
const EInvalidSequenceNumber: u64 = 0;

/// The last event blob a node attested; kept in its capability.
public struct EventBlobAttestation has copy, drop, store {
    /// Sequence number of the last checkpoint in the event blob.
    checkpoint_sequence_num: u64,
    /// Epoch of the attestation.
    epoch: u32,
}

/// An event blob.
public struct EventBlob has copy, drop, store {
    /// Blob ID of the event blob.
    blob_id: u256,
    /// Sequence number of the last checkpoint in the event blob.
    ending_checkpoint_sequence_number: u64,
}

/// State of event blob certification.
public struct EventBlobCertificationState has store {
    /// The event blob certified last.
    latest_certified_blob: Option<EventBlob>,
    /// Weight of the attestations of this epoch for each candidate.
    aggregate_weight_per_blob: VecMap<EventBlob, u16>,
}

// === Attestations ===

/// Records that a node attested an event blob that ends at the checkpoint.
public(package) fun new_attestation(
    checkpoint_sequence_num: u64,
    epoch: u32,
): EventBlobAttestation {
    EventBlobAttestation { checkpoint_sequence_num, epoch }
}

/// Sequence number of the last checkpoint in the attested event blob.
public(package) fun last_attested_event_blob_checkpoint_seq_num(
    self: &EventBlobAttestation,
): u64 {
    self.checkpoint_sequence_num
}

/// Epoch of the attestation.
public(package) fun last_attested_event_blob_epoch(self: &EventBlobAttestation): u32 {
    self.epoch
}

// === Event blobs ===

/// Describes an event blob.
public(package) fun new_event_blob(
    ending_checkpoint_sequence_number: u64,
    blob_id: u256,
): EventBlob {
    EventBlob { blob_id, ending_checkpoint_sequence_number }
}

/// Blob ID of the event blob.
public(package) fun blob_id(self: &EventBlob): u256 {
    self.blob_id
}

/// Sequence number of the last checkpoint in the event blob.
public(package) fun ending_checkpoint_sequence_number(self: &EventBlob): u64 {
    self.ending_checkpoint_sequence_number
}

// === Certification state ===

/// No event blob certified, no attestation counted.
public(package) fun create_with_empty_state(): EventBlobCertificationState {
    EventBlobCertificationState {
        latest_certified_blob: option::none(),
        aggregate_weight_per_blob: vec_map::empty(),
    }
}

/// Sequence number of the last checkpoint covered by certified event blobs.
public(package) fun latest_certified_checkpoint_sequence_number(
    self: &EventBlobCertificationState,
): Option<u64> {
    self.latest_certified_blob.map_ref!(|blob| blob.ending_checkpoint_sequence_number)
}

/// Whether certified event blobs already reach the checkpoint.
public(package) fun is_certified_up_to(
    self: &EventBlobCertificationState,
    checkpoint_sequence_number: u64,
): bool {
    self
        .latest_certified_blob
        .is_some_and!(|blob| blob.ending_checkpoint_sequence_number >= checkpoint_sequence_number)
}

/// Adds weight to the tally of the event blob and returns the new tally.
public(package) fun add_weight(
    self: &mut EventBlobCertificationState,
    event_blob: EventBlob,
    weight: u16,
): u16 {
    let tally = &mut self.aggregate_weight_per_blob;
    if (tally.contains(&event_blob)) {
        let total = &mut tally[&event_blob];
        *total = *total + weight;
        *total
    } else {
        tally.insert(event_blob, weight);
        weight
    }
}

/// Makes the event blob the latest certified one and drops all tallies.
public(package) fun set_latest_certified(
    self: &mut EventBlobCertificationState,
    event_blob: EventBlob,
) {
    assert!(
        !self.is_certified_up_to(event_blob.ending_checkpoint_sequence_number),
        EInvalidSequenceNumber,
    );
    self.latest_certified_blob = option::some(event_blob);
    self.reset();
}

/// Drops all tallies. Attestations count only within the epoch they are made in.
public(package) fun reset(self: &mut EventBlobCertificationState) {
    self.aggregate_weight_per_blob = vec_map::empty();
}

/// Number of candidates with a tally.
#[test_only]
public fun tally_count(self: &EventBlobCertificationState): u64 {
    self.aggregate_weight_per_blob.length()
}
