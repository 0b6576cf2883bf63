//! Tests of reading an `Implementation`.

use contract::model::{Icon, IconTheme, Implementation};
use serde_json::value::RawValue;

use super::read;

fn raw(json: &str) -> &RawValue {
    serde_json::from_str(json).unwrap()
}

#[test]
fn an_implementation_has_every_member_of_the_schema() {
    let json = r#"{"name":"n","version":"v","title":"t","description":"d","websiteUrl":"https://w","icons":[{"src":"https://i","mimeType":"image/png","sizes":["48x48","any"],"theme":"dark","alt":"x"}],"_meta":{}}"#;
    let want = Implementation {
        name: "n".into(),
        version: "v".into(),
        title: Some("t".into()),
        description: Some("d".into()),
        website_url: Some("https://w".into()),
        icons: vec![Icon {
            src: "https://i".into(),
            mime_type: Some("image/png".into()),
            sizes: vec!["48x48".into(), "any".into()],
            theme: Some(IconTheme::Dark),
            extra: Some(r#"{"alt":"x"}"#.into()),
        }],
        extra: Some(r#"{"_meta":{}}"#.into()),
    };
    assert_eq!(read(raw(json)).unwrap(), want);
}
