/// The home of methods of `bool`; there are none yet.
#[defines_primitive(bool)]
module std::bool;
