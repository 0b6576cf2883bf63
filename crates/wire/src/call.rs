//! What a provider can be called for. `build/calls.rs` lists the functions; their parameters and answers stand in
//! `wit/capabilities.wit`.

macro_rules! interfaces {
    ($($interface:literal { $($function:ident $name:literal,)* })*) => {
        /// A function that a provider may export, by the names that wRPC has in its subjects.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Function {
            $($(
                #[doc = concat!("`", $name, "` of `", $interface, "`.")]
                $function,
            )*)*
        }

        impl Function {
            /// All of them.
            pub const ALL: &[Self] = &[$($(Self::$function,)*)*];

            /// The interface that it is of, with the version of the contract.
            pub const fn interface(self) -> &'static str {
                match self {
                    $($(Self::$function => $interface,)*)*
                }
            }

            /// Its name in the interface.
            pub const fn name(self) -> &'static str {
                match self {
                    $($(Self::$function => $name,)*)*
                }
            }
        }
    };
}

include!(concat!(env!("OUT_DIR"), "/calls.rs"));
