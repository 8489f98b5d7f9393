//! What is passed on to kubectl: its own flags, since kubectl takes none of them before the name of a plugin.

use std::ffi::OsString;

use clap::Args;

/// What is passed on to kubectl.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Passed on to kubectl")]
pub(super) struct Kubectl {
    /// Read this namespace, and miss what is not in it; without it and -A the one of the context
    #[arg(long, short = 'n', value_name = "NAMESPACE")]
    pub(super) namespace: Option<OsString>,

    /// Read all namespaces: then what is not there is missing
    #[arg(long, short = 'A')]
    pub(super) all_namespaces: bool,

    /// Read what carries these labels only
    #[arg(long, short = 'l', value_name = "LABELS")]
    pub(super) selector: Option<OsString>,

    /// The context of the kubeconfig
    #[arg(long, value_name = "CONTEXT")]
    context: Option<OsString>,

    /// The cluster of the kubeconfig
    #[arg(long, value_name = "CLUSTER")]
    cluster: Option<OsString>,

    /// The user of the kubeconfig
    #[arg(long, value_name = "USER")]
    user: Option<OsString>,

    /// The kubeconfig
    #[arg(long, value_name = "FILE")]
    kubeconfig: Option<OsString>,

    /// The user to act as
    #[arg(long = "as", value_name = "USER")]
    act_as: Option<OsString>,

    /// A group to act as (repeatable)
    #[arg(long = "as-group", value_name = "GROUP")]
    act_as_group: Vec<OsString>,

    /// The UID to act as
    #[arg(long = "as-uid", value_name = "UID")]
    act_as_uid: Option<OsString>,

    /// More of the user to act as (repeatable)
    #[arg(long = "as-user-extra", value_name = "KEY=VALUE")]
    act_as_user_extra: Vec<OsString>,

    /// The bearer token
    #[arg(long, value_name = "TOKEN")]
    token: Option<OsString>,

    /// The name for basic authentication
    #[arg(long, value_name = "NAME")]
    username: Option<OsString>,

    /// The password for basic authentication
    #[arg(long, value_name = "PASSWORD")]
    password: Option<OsString>,

    /// The API server
    #[arg(long, short = 's', value_name = "URL")]
    server: Option<OsString>,

    /// The authorities that the API server is verified against
    #[arg(long, value_name = "FILE")]
    certificate_authority: Option<OsString>,

    /// The certificate to show
    #[arg(long, value_name = "FILE")]
    client_certificate: Option<OsString>,

    /// The key of the certificate to show
    #[arg(long, value_name = "FILE")]
    client_key: Option<OsString>,

    /// The name to look for in the API server's certificate
    #[arg(long, value_name = "NAME")]
    tls_server_name: Option<OsString>,

    /// Do not verify the API server's certificate
    #[arg(
        long,
        value_name = "BOOL",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true"
    )]
    insecure_skip_tls_verify: Option<OsString>,

    /// How long to wait for one answer, such as 10s
    #[arg(long, value_name = "DURATION")]
    request_timeout: Option<OsString>,

    /// Where kubectl keeps what it has learnt of the API server
    #[arg(long, value_name = "DIR")]
    cache_dir: Option<OsString>,

    /// Do not ask for compressed answers
    #[arg(
        long,
        value_name = "BOOL",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true"
    )]
    disable_compression: Option<OsString>,

    /// Have the API server be of kubectl's own version
    #[arg(
        long,
        value_name = "BOOL",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true"
    )]
    match_server_version: Option<OsString>,
}

impl Kubectl {
    /// The arguments that say which server, and as whom.
    pub(super) fn connection(&self) -> Vec<OsString> {
        let options = [
            ("--context", &self.context),
            ("--cluster", &self.cluster),
            ("--user", &self.user),
            ("--kubeconfig", &self.kubeconfig),
            ("--as", &self.act_as),
            ("--as-uid", &self.act_as_uid),
            ("--token", &self.token),
            ("--username", &self.username),
            ("--password", &self.password),
            ("--server", &self.server),
            ("--certificate-authority", &self.certificate_authority),
            ("--client-certificate", &self.client_certificate),
            ("--client-key", &self.client_key),
            ("--tls-server-name", &self.tls_server_name),
            ("--insecure-skip-tls-verify", &self.insecure_skip_tls_verify),
            ("--request-timeout", &self.request_timeout),
            ("--cache-dir", &self.cache_dir),
            ("--disable-compression", &self.disable_compression),
            ("--match-server-version", &self.match_server_version),
        ];
        let groups = self.act_as_group.iter().map(|group| ("--as-group", group));
        let extra = self.act_as_user_extra.iter();
        let extra = extra.map(|extra| ("--as-user-extra", extra));
        let given = options
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.as_ref()?)));
        let all = given.chain(groups).chain(extra);
        all.map(|(name, value)| argument(name, value)).collect()
    }

    /// The arguments that say which objects.
    pub(super) fn selection(&self) -> Vec<OsString> {
        let mut arguments = Vec::new();
        if let Some(selector) = &self.selector {
            arguments.push(argument("--selector", selector));
        }
        match &self.namespace {
            // As kubectl has it.
            _ if self.all_namespaces => arguments.push("--all-namespaces".into()),
            Some(namespace) => arguments.push(argument("--namespace", namespace)),
            None => {}
        }
        arguments
    }
}

/// `NAME=VALUE`, so that a value that begins with a dash is none of kubectl's flags.
fn argument(name: &str, value: &OsString) -> OsString {
    let mut argument = OsString::from(name);
    argument.push("=");
    argument.push(value);
    argument
}
