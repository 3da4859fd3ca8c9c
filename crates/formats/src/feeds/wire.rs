//! Tolerant pieces of JSON documents: a field of another kind than hoped is absent, not the loss of its document.
//!
//! Lists are bounded while they are read and everything unhoped is skipped without being kept, so that a document costs
//! about what it tells. Only broken JSON and a field given twice are errors.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Text, also of a number, since some hosts give ids as numbers.
#[derive(Default)]
pub(crate) struct Text(pub(crate) Option<String>);

/// A whole number.
#[derive(Default)]
pub(crate) struct Whole(pub(crate) Option<i64>);

/// A truth value; absent is false.
#[derive(Default)]
pub(crate) struct Flag(pub(crate) bool);

/// A truth value that is told from its absence.
#[derive(Clone, Copy, Default)]
pub(crate) struct Answer(pub(crate) Option<bool>);

/// An object.
pub(crate) struct Object<T>(pub(crate) Option<T>);

/// Text or an object that tells more, where a field has either form.
pub(crate) struct TextOr<T> {
    pub(crate) text: Option<String>,
    pub(crate) object: Option<T>,
}

/// A list of objects, of which at most `MAX` are kept.
pub(crate) struct List<T, const MAX: usize> {
    /// Whether there was a list; null is none.
    pub(crate) given: bool,
    /// Whether there was something that is neither a list nor null.
    pub(crate) wrong: bool,
    /// The objects in it.
    pub(crate) items: Vec<T>,
    /// How many elements were not kept, being no objects or too many.
    pub(crate) dropped: usize,
}

/// A list of anything, of which at most `MAX` are kept. The elements are tolerant themselves: [`Text`], [`Whole`].
pub(crate) struct Each<T, const MAX: usize>(pub(crate) Vec<T>);

/// An object whose keys are data: ids, times, names. At most `MAX` entries are kept, in the order of the document.
pub(crate) struct Entries<T, const MAX: usize> {
    /// Whether there was such an object.
    pub(crate) given: bool,
    /// The entries whose values are objects.
    pub(crate) items: Vec<(String, T)>,
    /// How many entries were not kept, having other values or being too many.
    pub(crate) dropped: usize,
}

/// The top level of a document.
#[derive(Default)]
pub(crate) enum Top {
    /// The first few keys of an object.
    Object(Vec<String>),
    /// An array.
    Array,
    /// Anything else.
    #[default]
    Scalar,
}

/// How many keys of a document's top level are worth naming.
const TOP_KEYS: usize = 12;

impl Text {
    /// Returns the text, where there is some.
    pub(crate) fn get(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl<T> Default for Object<T> {
    fn default() -> Self {
        Object(None)
    }
}

impl<T> Default for TextOr<T> {
    fn default() -> Self {
        TextOr { text: None, object: None }
    }
}

impl<T, const MAX: usize> Default for List<T, MAX> {
    fn default() -> Self {
        List { given: false, wrong: false, items: Vec::new(), dropped: 0 }
    }
}

impl<T, const MAX: usize> Default for Each<T, MAX> {
    fn default() -> Self {
        Each(Vec::new())
    }
}

impl<T, const MAX: usize> Default for Entries<T, MAX> {
    fn default() -> Self {
        Entries { given: false, items: Vec::new(), dropped: 0 }
    }
}

/// What becomes of each kind of JSON value; null and the kinds a type does not hope for are as good as absent.
trait Hope<'de>: Default {
    fn unhoped() -> Self {
        Self::default()
    }

    fn flag(_flag: bool) -> Self {
        Self::unhoped()
    }

    fn whole(_number: i64) -> Self {
        Self::unhoped()
    }

    fn text(_text: &str) -> Self {
        Self::unhoped()
    }

    fn list<A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Self::unhoped())
    }

    fn object<A: MapAccess<'de>>(mut object: A) -> Result<Self, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Self::unhoped())
    }
}

impl Hope<'_> for Text {
    fn whole(number: i64) -> Self {
        Text(Some(number.to_string()))
    }

    fn text(text: &str) -> Self {
        Text(Some(text.to_owned()))
    }
}

impl Hope<'_> for Whole {
    fn whole(number: i64) -> Self {
        Whole(Some(number))
    }
}

impl Hope<'_> for Flag {
    fn flag(flag: bool) -> Self {
        Flag(flag)
    }
}

impl Hope<'_> for Answer {
    fn flag(flag: bool) -> Self {
        Answer(Some(flag))
    }
}

impl<'de, T: Deserialize<'de>> Hope<'de> for Object<T> {
    fn object<A: MapAccess<'de>>(object: A) -> Result<Self, A::Error> {
        T::deserialize(MapAccessDeserializer::new(object)).map(|value| Object(Some(value)))
    }
}

impl<'de, T: Deserialize<'de>> Hope<'de> for TextOr<T> {
    fn whole(number: i64) -> Self {
        Self::text(&number.to_string())
    }

    fn text(text: &str) -> Self {
        TextOr { text: Some(text.to_owned()), object: None }
    }

    fn object<A: MapAccess<'de>>(object: A) -> Result<Self, A::Error> {
        T::deserialize(MapAccessDeserializer::new(object))
            .map(|value| TextOr { text: None, object: Some(value) })
    }
}

impl<'de, T: Deserialize<'de>, const MAX: usize> Hope<'de> for List<T, MAX> {
    fn unhoped() -> Self {
        List { wrong: true, ..List::default() }
    }

    fn list<A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        let mut read = List { given: true, ..List::default() };
        while read.items.len() < MAX {
            match list.next_element::<Object<T>>()? {
                None => return Ok(read),
                Some(Object(Some(item))) => read.items.push(item),
                Some(Object(None)) => read.dropped += 1,
            }
        }
        while list.next_element::<IgnoredAny>()?.is_some() {
            read.dropped += 1;
        }
        Ok(read)
    }
}

impl<'de, T: Deserialize<'de>, const MAX: usize> Hope<'de> for Each<T, MAX> {
    fn list<A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        let mut items = Vec::new();
        while items.len() < MAX {
            match list.next_element::<T>()? {
                None => return Ok(Each(items)),
                Some(item) => items.push(item),
            }
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Each(items))
    }
}

impl<'de, T: Deserialize<'de>, const MAX: usize> Hope<'de> for Entries<T, MAX> {
    fn object<A: MapAccess<'de>>(mut object: A) -> Result<Self, A::Error> {
        let mut read = Entries { given: true, ..Entries::default() };
        while let Some(key) = object.next_key::<String>()? {
            if read.items.len() == MAX {
                object.next_value::<IgnoredAny>()?;
                read.dropped += 1;
                continue;
            }
            match object.next_value::<Object<T>>()? {
                Object(Some(value)) => read.items.push((key, value)),
                Object(None) => read.dropped += 1,
            }
        }
        Ok(read)
    }
}

impl<'de> Hope<'de> for Top {
    fn list<A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Top::Array)
    }

    fn object<A: MapAccess<'de>>(mut object: A) -> Result<Self, A::Error> {
        let mut keys = Vec::new();
        while let Some(key) = object.next_key::<String>()? {
            object.next_value::<IgnoredAny>()?;
            if keys.len() < TOP_KEYS {
                keys.push(key);
            }
        }
        Ok(Top::Object(keys))
    }
}

struct Hoping<T>(PhantomData<T>);

impl<'de, T: Hope<'de>> Visitor<'de> for Hoping<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_bool<E>(self, value: bool) -> Result<T, E> {
        Ok(T::flag(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<T, E> {
        Ok(T::whole(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<T, E> {
        Ok(i64::try_from(value).map_or_else(|_| T::unhoped(), T::whole))
    }

    fn visit_f64<E>(self, _value: f64) -> Result<T, E> {
        Ok(T::unhoped())
    }

    fn visit_str<E>(self, value: &str) -> Result<T, E> {
        Ok(T::text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<T, A::Error> {
        T::list(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<T, A::Error> {
        T::object(object)
    }
}

macro_rules! deserialize_by_hope {
    ($([$($parameters:tt)*] $type:ty;)*) => {$(
        impl<'de, $($parameters)*> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(Hoping(PhantomData))
            }
        }
    )*};
}

deserialize_by_hope! {
    [] Text;
    [] Whole;
    [] Flag;
    [] Answer;
    [] Top;
    [T: Deserialize<'de>] Object<T>;
    [T: Deserialize<'de>] TextOr<T>;
    [T: Deserialize<'de>, const MAX: usize] List<T, MAX>;
    [T: Deserialize<'de>, const MAX: usize] Each<T, MAX>;
    [T: Deserialize<'de>, const MAX: usize] Entries<T, MAX>;
}
