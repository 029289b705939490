/// Settings that change only from one epoch to the next, so that every transaction of an epoch sees
/// the same value and reading one does not touch the object that holds it.
module sui::config;

use sui::dynamic_field as field;
use sui::dynamic_field::Field;

/// The setting was changed in this epoch already.
const EAlreadySetForEpoch: u64 = 0;
/// The setting was not changed in this epoch.
const ENotSetForEpoch: u64 = 1;
#[allow(unused_const)]
/// The name of the setting could not be serialized. Raised by the runtime.
const EBCSSerializationFailure: u64 = 2;

/// A set of settings, changed by whoever holds a `WriteCap`.
public struct Config<phantom WriteCap> has key {
    id: UID,
}

/// The value of a dynamic field of a `Config`.
public struct Setting<Value: copy + drop + store> has drop, store {
    data: Option<SettingData<Value>>,
}

/// The last two values of a setting.
public struct SettingData<Value: copy + drop + store> has drop, store {
    /// The epoch in which `newer_value` was set; it is in force in later epochs.
    newer_value_epoch: u64,
    newer_value: Option<Value>,
    /// In force in the epoch `newer_value_epoch`.
    older_value_opt: Option<Value>,
}

/// An empty set.
public(package) fun new<WriteCap>(_cap: &mut WriteCap, ctx: &mut TxContext): Config<WriteCap> {
    Config { id: object::new(ctx) }
}

/// Shares a set.
public(package) fun share<WriteCap>(config: Config<WriteCap>) {
    transfer::share_object(config)
}

/// Gives a set to an address.
public(package) fun transfer<WriteCap>(config: Config<WriteCap>, owner: address) {
    transfer::transfer(config, owner)
}

/// Sets a value from the next epoch on. Returns the value that was kept for past epochs and is now
/// forgotten. Aborts with `EAlreadySetForEpoch` when this epoch has set a value.
public(package) fun add_for_next_epoch<
    WriteCap,
    Name: copy + drop + store,
    Value: copy + drop + store,
>(
    config: &mut Config<WriteCap>,
    _cap: &mut WriteCap,
    name: Name,
    value: Value,
    ctx: &TxContext,
): Option<Value> {
    let epoch = ctx.epoch();
    if (!field::exists_(&config.id, name)) {
        let data = SettingData {
            newer_value_epoch: epoch,
            newer_value: option::some(value),
            older_value_opt: option::none(),
        };
        field::add(&mut config.id, name, Setting { data: option::some(data) });
        return option::none()
    };
    let setting: &mut Setting<Value> = field::borrow_mut(&mut config.id, name);
    let SettingData { newer_value_epoch, newer_value, older_value_opt } = setting.data.extract();
    let (older_value_opt, removed) = if (epoch > newer_value_epoch) {
        (newer_value, older_value_opt)
    } else {
        assert!(newer_value.is_none(), EAlreadySetForEpoch);
        (older_value_opt, option::none())
    };
    setting
        .data
        .fill(SettingData {
            newer_value_epoch: epoch,
            newer_value: option::some(value),
            older_value_opt,
        });
    removed
}

/// Removes a value from the next epoch on. Returns the value that was set in this epoch, if any.
public(package) fun remove_for_next_epoch<
    WriteCap,
    Name: copy + drop + store,
    Value: copy + drop + store,
>(
    config: &mut Config<WriteCap>,
    _cap: &mut WriteCap,
    name: Name,
    ctx: &TxContext,
): Option<Value> {
    let epoch = ctx.epoch();
    if (!field::exists_(&config.id, name)) return option::none();
    let setting: &mut Setting<Value> = field::borrow_mut(&mut config.id, name);
    let SettingData { newer_value_epoch, newer_value, older_value_opt } = setting.data.extract();
    let (older_value_opt, removed) = if (epoch > newer_value_epoch) {
        (newer_value, option::none())
    } else {
        (older_value_opt, newer_value)
    };
    if (older_value_opt.is_none()) {
        let _: Setting<Value> = field::remove(&mut config.id, name);
    } else {
        setting
            .data
            .fill(SettingData {
                newer_value_epoch: epoch,
                newer_value: option::none(),
                older_value_opt,
            });
    };
    removed
}

/// Whether there is a setting of this name and type.
public(package) fun exists_with_type<
    WriteCap,
    Name: copy + drop + store,
    Value: copy + drop + store,
>(
    config: &Config<WriteCap>,
    name: Name,
): bool {
    field::exists_with_type<Name, Setting<Value>>(&config.id, name)
}

/// Whether this epoch has set a value for the next.
public(package) fun exists_with_type_for_next_epoch<
    WriteCap,
    Name: copy + drop + store,
    Value: copy + drop + store,
>(
    config: &Config<WriteCap>,
    name: Name,
    ctx: &TxContext,
): bool {
    if (!exists_with_type<WriteCap, Name, Value>(config, name)) return false;
    let setting: &Setting<Value> = field::borrow(&config.id, name);
    let data = setting.data.borrow();
    ctx.epoch() == data.newer_value_epoch && data.newer_value.is_some()
}

/// The value this epoch has set for the next, to be changed; aborts with `ENotSetForEpoch`.
public(package) fun borrow_for_next_epoch_mut<
    WriteCap,
    Name: copy + drop + store,
    Value: copy + drop + store,
>(
    config: &mut Config<WriteCap>,
    _cap: &mut WriteCap,
    name: Name,
    ctx: &TxContext,
): &mut Value {
    let setting: &mut Setting<Value> = field::borrow_mut(&mut config.id, name);
    let data = setting.data.borrow_mut();
    assert!(data.newer_value_epoch == ctx.epoch(), ENotSetForEpoch);
    assert!(data.newer_value.is_some(), ENotSetForEpoch);
    data.newer_value.borrow_mut()
}

/// The value in force from the next epoch on.
public(package) fun read_setting_for_next_epoch<
    WriteCap,
    Name: copy + drop + store,
    Value: copy + drop + store,
>(
    config: &Config<WriteCap>,
    name: Name,
): Option<Value> {
    if (!exists_with_type<WriteCap, Name, Value>(config, name)) return option::none();
    let setting: &Setting<Value> = field::borrow(&config.id, name);
    setting.data.borrow().newer_value
}

/// The value in force in this epoch.
public(package) fun read_setting<Name: copy + drop + store, Value: copy + drop + store>(
    config: ID,
    name: Name,
    ctx: &TxContext,
): Option<Value> {
    let config = config.to_address();
    let setting = field::hash_type_and_key(config, name);
    read_setting_impl<Field<Name, Setting<Value>>, Setting<Value>, SettingData<Value>, Value>(
        config,
        setting,
        ctx.epoch(),
    )
}

/// The value in force in an epoch, read without making the setting an input of the transaction.
native fun read_setting_impl<
    FieldSettingValue: key,
    SettingValue: store,
    SettingDataValue: store,
    Value: copy + drop + store,
>(
    config: address,
    name: address,
    current_epoch: u64,
): Option<Value>;

#[test_only]
/// Destroys a set in a test.
public(package) fun destroy_for_testing<WriteCap>(config: Config<WriteCap>) {
    let Config { id } = config;
    id.delete()
}
