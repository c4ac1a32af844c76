CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.api_key (
    id text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    scope text NOT NULL COLLATE pg_catalog."C",
    digest text NOT NULL COLLATE pg_catalog."C",
    created_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    CONSTRAINT ck_api_key_ck_api_key_scope CHECK ((scope = ANY (ARRAY['read'::text, 'write'::text, 'admin'::text])))
);
CREATE TABLE public.catalogue_reference (
    coin_type_id integer NOT NULL,
    "position" integer NOT NULL,
    catalogue text COLLATE pg_catalog."C",
    number text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.coin_image (
    id text NOT NULL COLLATE pg_catalog."C",
    design_id integer NOT NULL,
    filename text NOT NULL COLLATE pg_catalog."C",
    format text NOT NULL COLLATE pg_catalog."C",
    width integer NOT NULL,
    height integer NOT NULL,
    description text COLLATE pg_catalog."C",
    credit text COLLATE pg_catalog."C",
    license text COLLATE pg_catalog."C",
    media_digest text COLLATE pg_catalog."C",
    attributes json NOT NULL
);
CREATE TABLE public.coin_type (
    id integer NOT NULL,
    key text NOT NULL COLLATE pg_catalog."C",
    issuer_id integer NOT NULL,
    denomination_id integer NOT NULL,
    currency_id integer,
    value bigint,
    title text NOT NULL COLLATE pg_catalog."C",
    composition text COLLATE pg_catalog."C",
    diameter_mm double precision,
    weight_g double precision,
    shape text COLLATE pg_catalog."C",
    numista_id text COLLATE pg_catalog."C",
    reference_text text COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.coin_type_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.coin_type_id_seq OWNED BY public.coin_type.id;
CREATE TABLE public.currency (
    id integer NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.currency_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.currency_id_seq OWNED BY public.currency.id;
CREATE TABLE public.denomination (
    id integer NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.denomination_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.denomination_id_seq OWNED BY public.denomination.id;
CREATE TABLE public.design (
    id integer NOT NULL,
    coin_type_id integer NOT NULL,
    side text NOT NULL COLLATE pg_catalog."C",
    key text NOT NULL COLLATE pg_catalog."C",
    year_from integer,
    year_to integer,
    CONSTRAINT ck_design_ck_design_side CHECK ((side = ANY (ARRAY['obverse'::text, 'reverse'::text]))),
    CONSTRAINT ck_design_ck_design_years CHECK ((year_from <= year_to))
);
CREATE SEQUENCE public.design_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.design_id_seq OWNED BY public.design.id;
CREATE TABLE public.embedding (
    generation_id integer NOT NULL,
    image_id text NOT NULL COLLATE pg_catalog."C",
    vector bytea NOT NULL
);
CREATE TABLE public.generation (
    id integer NOT NULL,
    preprocessor_name text NOT NULL COLLATE pg_catalog."C",
    preprocessor_revision text NOT NULL COLLATE pg_catalog."C",
    encoder_name text NOT NULL COLLATE pg_catalog."C",
    encoder_revision text NOT NULL COLLATE pg_catalog."C",
    metric text NOT NULL COLLATE pg_catalog."C",
    dim integer NOT NULL,
    collection text NOT NULL COLLATE pg_catalog."C",
    state text NOT NULL COLLATE pg_catalog."C",
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT ck_generation_ck_generation_state CHECK ((state = ANY (ARRAY['building'::text, 'live'::text, 'retired'::text])))
);
CREATE TABLE public.generation_check (
    generation_id integer NOT NULL,
    live_id integer NOT NULL,
    checked_at timestamp with time zone NOT NULL,
    golden_set text NOT NULL COLLATE pg_catalog."C",
    queries integer NOT NULL,
    candidate json NOT NULL,
    live json NOT NULL
);
CREATE TABLE public.generation_gap (
    generation_id integer NOT NULL,
    image_id text NOT NULL COLLATE pg_catalog."C",
    reason text NOT NULL COLLATE pg_catalog."C",
    CONSTRAINT ck_generation_gap_ck_generation_gap_reason CHECK ((reason = ANY (ARRAY['no_coin'::text, 'unreadable'::text, 'missing'::text])))
);
CREATE SEQUENCE public.generation_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.generation_id_seq OWNED BY public.generation.id;
CREATE TABLE public.import_job (
    id text NOT NULL COLLATE pg_catalog."C",
    state text NOT NULL COLLATE pg_catalog."C",
    done integer NOT NULL,
    total integer,
    outcome json,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT ck_import_job_ck_import_job_state CHECK ((state = ANY (ARRAY['waiting'::text, 'running'::text, 'done'::text, 'failed'::text])))
);
CREATE TABLE public.issuer (
    id integer NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.issuer_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.issuer_id_seq OWNED BY public.issuer.id;
CREATE TABLE public.outbox (
    id integer NOT NULL,
    generation_id integer NOT NULL,
    image_id text NOT NULL COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.outbox_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.outbox_id_seq OWNED BY public.outbox.id;
CREATE TABLE public.promotion (
    id integer NOT NULL,
    generation_id integer NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.promotion_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.promotion_id_seq OWNED BY public.promotion.id;
ALTER TABLE ONLY public.coin_type ALTER COLUMN id SET DEFAULT nextval('public.coin_type_id_seq'::regclass);
ALTER TABLE ONLY public.currency ALTER COLUMN id SET DEFAULT nextval('public.currency_id_seq'::regclass);
ALTER TABLE ONLY public.denomination ALTER COLUMN id SET DEFAULT nextval('public.denomination_id_seq'::regclass);
ALTER TABLE ONLY public.design ALTER COLUMN id SET DEFAULT nextval('public.design_id_seq'::regclass);
ALTER TABLE ONLY public.generation ALTER COLUMN id SET DEFAULT nextval('public.generation_id_seq'::regclass);
ALTER TABLE ONLY public.issuer ALTER COLUMN id SET DEFAULT nextval('public.issuer_id_seq'::regclass);
ALTER TABLE ONLY public.outbox ALTER COLUMN id SET DEFAULT nextval('public.outbox_id_seq'::regclass);
ALTER TABLE ONLY public.promotion ALTER COLUMN id SET DEFAULT nextval('public.promotion_id_seq'::regclass);
INSERT INTO public.alembic_version VALUES ('0003');
INSERT INTO public.api_key VALUES ('a9c3cb49', 'a phone''s key', 'read', 'a3e0b664b145e9266ef72bdcce90ae297eab1b1d486c66ff219e18e6ecbecd18', '2026-11-23 04:55:07.63441+00', NULL);
INSERT INTO public.catalogue_reference VALUES (4, 0, NULL, 'Plekszy');
INSERT INTO public.catalogue_reference VALUES (1, 0, 'KM#', '1');
INSERT INTO public.catalogue_reference VALUES (1, 1, 'Hentzau', '4');
INSERT INTO public.coin_image VALUES ('41b484888b8ea7dab6b43d286d9a566268fab5c485a313431957e75ab4735150', 1, 'rur-crown obverse 0.bmp', 'BMP', 32, 32, NULL, 'Somebody''s "cabinet"', 'CC0', '41b484888b8ea7dab6b43d286d9a566268fab5c485a313431957e75ab4735150', '{"mint": "Strelsau"}');
INSERT INTO public.coin_image VALUES ('3752ad34a0f2f522e0b1ae93704b5b82c57898b6077547291f5a3209098918ab', 1, 'rur-crown obverse 1.bmp', 'BMP', 32, 32, NULL, 'Somebody''s "cabinet"', 'CC0', '3752ad34a0f2f522e0b1ae93704b5b82c57898b6077547291f5a3209098918ab', '{"mint": "Strelsau"}');
INSERT INTO public.coin_image VALUES ('895ab19f3db4fa9a97c6efcd818fcafb127b3d00d7544c130c7e21678cea5f7c', 2, 'rur-crown reverse 0.bmp', 'BMP', 32, 32, NULL, 'Somebody''s "cabinet"', 'CC0', '895ab19f3db4fa9a97c6efcd818fcafb127b3d00d7544c130c7e21678cea5f7c', '{"mint": "Strelsau"}');
INSERT INTO public.coin_image VALUES ('307b456aecedcce9fe6cdaf7e56872ec941672a4d76ebc184971fe981290e444', 3, 'rur-heller obverse 0.bmp', 'BMP', 32, 32, NULL, NULL, NULL, '307b456aecedcce9fe6cdaf7e56872ec941672a4d76ebc184971fe981290e444', '{"mint": "Zenda''s mint"}');
INSERT INTO public.coin_image VALUES ('e7033d3df232081f057fb93759cd60a2cb8623f81b27a6ab82d5450e56738f98', 3, 'rur-heller obverse 1.bmp', 'BMP', 32, 32, NULL, NULL, NULL, 'e7033d3df232081f057fb93759cd60a2cb8623f81b27a6ab82d5450e56738f98', '{"mint": "Zenda''s mint"}');
INSERT INTO public.coin_image VALUES ('a8fb1992f07742b2f2a49454474a9530c400126471ce219f68d99503500876b7', 4, 'rur-heller reverse 0.bmp', 'BMP', 32, 32, NULL, NULL, NULL, 'a8fb1992f07742b2f2a49454474a9530c400126471ce219f68d99503500876b7', '{"mint": "Zenda''s mint"}');
INSERT INTO public.coin_image VALUES ('1d5275a2192b941b48678ad923d0771c3861d94612b0d6cd62014f49a1edee68', 5, 'syl-dollar obverse 0.bmp', 'BMP', 32, 32, NULL, NULL, NULL, '1d5275a2192b941b48678ad923d0771c3861d94612b0d6cd62014f49a1edee68', '{}');
INSERT INTO public.coin_image VALUES ('a562b8993a47f684ebd193242bc9204cbf766281accf26d568d7f9979a5f7d20', 5, 'syl-dollar obverse 1.bmp', 'BMP', 32, 32, NULL, NULL, NULL, 'a562b8993a47f684ebd193242bc9204cbf766281accf26d568d7f9979a5f7d20', '{}');
INSERT INTO public.coin_image VALUES ('336e282ea55c546938335ceb6c41607fc052376ceae87dc1a6e237bbbfb18afd', 6, 'syl-dollar reverse 0.bmp', 'BMP', 32, 32, NULL, NULL, NULL, '336e282ea55c546938335ceb6c41607fc052376ceae87dc1a6e237bbbfb18afd', '{}');
INSERT INTO public.coin_image VALUES ('8ee6ec790a96e2e49df94b53dc2a19f192b49f17c476ee629643049fcd017f66', 7, 'bor-tael obverse 0.bmp', 'BMP', 32, 32, NULL, NULL, NULL, '8ee6ec790a96e2e49df94b53dc2a19f192b49f17c476ee629643049fcd017f66', '{}');
INSERT INTO public.coin_image VALUES ('fb719ab396473043de98933f89b25cd64c9ee82644bc7ce1b9963a91d9e2ce99', 8, 'bor-tael reverse 0.bmp', 'BMP', 32, 32, NULL, NULL, NULL, 'fb719ab396473043de98933f89b25cd64c9ee82644bc7ce1b9963a91d9e2ce99', '{}');
INSERT INTO public.coin_type VALUES (2, 'rur-heller', 2, 2, NULL, 20000, 'Ruritania, 2 heller', NULL, 19.05, NULL, NULL, NULL, NULL);
INSERT INTO public.coin_type VALUES (3, 'syl-dollar', 3, 4, NULL, 500000, 'Syldavië 100%, ½ khôr', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.coin_type VALUES (4, 'bor-tael', 1, 3, NULL, NULL, 'Borduria, tæl', NULL, NULL, NULL, NULL, NULL, 'Plekszy');
INSERT INTO public.coin_type VALUES (1, 'rur-crown', 2, 1, 1, 1000000, '1 crown, Rudolf the Fourth', 'silver .900', 27.5, 11.1, 'round', 'N# 1', 'KM# 1; Hentzau 4');
INSERT INTO public.currency VALUES (1, 'Ruritanian crown');
INSERT INTO public.denomination VALUES (1, '1 crown');
INSERT INTO public.denomination VALUES (2, '2 heller');
INSERT INTO public.denomination VALUES (3, 'tæl');
INSERT INTO public.denomination VALUES (4, '½ khôr');
INSERT INTO public.design VALUES (1, 1, 'obverse', 'o1', 1878, 1902);
INSERT INTO public.design VALUES (2, 1, 'reverse', 'r1', 1878, 1902);
INSERT INTO public.design VALUES (3, 2, 'obverse', 'o1', 1899, NULL);
INSERT INTO public.design VALUES (4, 2, 'reverse', 'r1', 1899, NULL);
INSERT INTO public.design VALUES (5, 3, 'obverse', 'o1', NULL, 1939);
INSERT INTO public.design VALUES (6, 3, 'reverse', 'r1', NULL, 1939);
INSERT INTO public.design VALUES (7, 4, 'obverse', 'o1', NULL, NULL);
INSERT INTO public.design VALUES (8, 4, 'reverse', 'r1', NULL, NULL);
INSERT INTO public.embedding VALUES (1, '41b484888b8ea7dab6b43d286d9a566268fab5c485a313431957e75ab4735150', '\x07e782be9270283d0fd19d3e99168c3e8190d1bd6f088dbefd7f20be8943a53d5986b93de9f443be782c07bee00aa9bde00aa9bd175c053f93e1cebe4735bc3e');
INSERT INTO public.embedding VALUES (1, '3752ad34a0f2f522e0b1ae93704b5b82c57898b6077547291f5a3209098918ab', '\x07e782be9270283d0fd19d3e99168c3e8190d1bd6f088dbefd7f20be8943a53d5986b93de9f443be782c07bee00aa9bde00aa9bd175c053f93e1cebe4735bc3e');
INSERT INTO public.embedding VALUES (1, '895ab19f3db4fa9a97c6efcd818fcafb127b3d00d7544c130c7e21678cea5f7c', '\x8175febdf363bcbd94e087bebdb93e3ee913b63e019c53bdc9a474bd1989783e3a9332bd9d969ebe9e1743bd1287dcbe523392bec93ddb3e071d4b3e3b2c993e');
INSERT INTO public.embedding VALUES (1, '307b456aecedcce9fe6cdaf7e56872ec941672a4d76ebc184971fe981290e444', '\x2752b23c841f783e7246683e3fabd8bebedb653c841f783e4e16adbe714ab1bdc897e0be729afa3dc37287bee7b504bd1c77543e6fd82c3ec734d53e5f71a1bd');
INSERT INTO public.embedding VALUES (1, 'e7033d3df232081f057fb93759cd60a2cb8623f81b27a6ab82d5450e56738f98', '\x2752b23c841f783e7246683e3fabd8bebedb653c841f783e4e16adbe714ab1bdc897e0be729afa3dc37287bee7b504bd1c77543e6fd82c3ec734d53e5f71a1bd');
INSERT INTO public.embedding VALUES (1, 'a8fb1992f07742b2f2a49454474a9530c400126471ce219f68d99503500876b7', '\x9be853be2b79433ede30c5beeb26cbbda54492be00481d3e04a7eb3ebdad043f31df083d76fc3a3ec48f6cbd7f723abe59c19abed67bebbc67b7a0bdbec4b23d');
INSERT INTO public.embedding VALUES (1, '1d5275a2192b941b48678ad923d0771c3861d94612b0d6cd62014f49a1edee68', '\x5ae753be536f45be8e9179bd891e073fc37c7abe11ba683d4d3eddbd8cc7ad3ece0fabbe3be1d8be445ec33c2aaa953e2884543e8b44083d8e9179bd0ba41a3e');
INSERT INTO public.embedding VALUES (1, 'a562b8993a47f684ebd193242bc9204cbf766281accf26d568d7f9979a5f7d20', '\x5ae753be536f45be8e9179bd891e073fc37c7abe11ba683d4d3eddbd8cc7ad3ece0fabbe3be1d8be445ec33c2aaa953e2884543e8b44083d8e9179bd0ba41a3e');
INSERT INTO public.embedding VALUES (1, '336e282ea55c546938335ceb6c41607fc052376ceae87dc1a6e237bbbfb18afd', '\x00445a3e77698b3e328d9a3e340ead3e7da228be0c472d3da1a69cbed5c7afbd01fabfbe8c6887bd439f383e753fb9be77698b3eb7e4313ebd52a2bd2fe2b5be');
INSERT INTO public.embedding VALUES (1, '8ee6ec790a96e2e49df94b53dc2a19f192b49f17c476ee629643049fcd017f66', '\x0653c33eb0eb273e9f557ebef5c1e93d92717b3ed00ccebea19ac03c06e29b3e7d51fc3dbdcf2abea31b36bd243e973e225bbb3d2b92e7beccee4fbe362267be');
INSERT INTO public.embedding VALUES (1, 'fb719ab396473043de98933f89b25cd64c9ee82644bc7ce1b9963a91d9e2ce99', '\x3b51e33ec069cabe40078c3ea33e08be75f4603d8b3f66be14f5d23d1751adbe816d073ddcab233edb634bbecddd4fbe7bac15be02d2d1bd47ca893e782ccf3e');
INSERT INTO public.embedding VALUES (2, '1d5275a2192b941b48678ad923d0771c3861d94612b0d6cd62014f49a1edee68', '\x687206bf228af2be9436053f7a03f53e');
INSERT INTO public.embedding VALUES (2, '307b456aecedcce9fe6cdaf7e56872ec941672a4d76ebc184971fe981290e444', '\xc6b9133f6ec9ebbe831808bf9887d43e');
INSERT INTO public.embedding VALUES (2, '3752ad34a0f2f522e0b1ae93704b5b82c57898b6077547291f5a3209098918ab', '\x6a542f3eb6df623e0825e83e269f58bf');
INSERT INTO public.embedding VALUES (2, '41b484888b8ea7dab6b43d286d9a566268fab5c485a313431957e75ab4735150', '\x6a542f3eb6df623e0825e83e269f58bf');
INSERT INTO public.embedding VALUES (2, '895ab19f3db4fa9a97c6efcd818fcafb127b3d00d7544c130c7e21678cea5f7c', '\xa037acbefa0ba6bdc8a5563f4390d7be');
INSERT INTO public.embedding VALUES (2, '8ee6ec790a96e2e49df94b53dc2a19f192b49f17c476ee629643049fcd017f66', '\xec2600bf661d673d49a1b1be5b864a3f');
INSERT INTO public.embedding VALUES (2, 'a562b8993a47f684ebd193242bc9204cbf766281accf26d568d7f9979a5f7d20', '\x687206bf228af2be9436053f7a03f53e');
INSERT INTO public.embedding VALUES (2, 'a8fb1992f07742b2f2a49454474a9530c400126471ce219f68d99503500876b7', '\xc3d6dabe178ac1be8c32523f382880bc');
INSERT INTO public.embedding VALUES (2, 'e7033d3df232081f057fb93759cd60a2cb8623f81b27a6ab82d5450e56738f98', '\xc6b9133f6ec9ebbe831808bf9887d43e');
INSERT INTO public.embedding VALUES (2, 'fb719ab396473043de98933f89b25cd64c9ee82644bc7ce1b9963a91d9e2ce99', '\x1151103ffa21d53e8689bdbee41c1cbf');
INSERT INTO public.generation VALUES (1, 'all-of-it', '1', 'sixteenths', '1', 'cosine', 16, 'coins_3fbe84618ede9350', 'live', '2026-11-23 04:53:10.090759+00');
INSERT INTO public.generation VALUES (2, 'all-of-it', '1', 'rows', '1', 'cosine', 4, 'coins_fea675a6cbbe24d1', 'building', '2026-11-23 04:53:57.462914+00');
INSERT INTO public.generation_check VALUES (2, 1, '2026-11-23 04:54:49.785756+00', 'leave-one-out', 8, '{"1": 1.0, "2": 1.0, "5": 1.0, "10": 1.0, "20": 1.0}', '{"1": 1.0, "2": 1.0, "5": 1.0, "10": 1.0, "20": 1.0}');
INSERT INTO public.generation_gap VALUES (2, '336e282ea55c546938335ceb6c41607fc052376ceae87dc1a6e237bbbfb18afd', 'missing');
INSERT INTO public.issuer VALUES (1, 'Borduria');
INSERT INTO public.issuer VALUES (2, 'Ruritania');
INSERT INTO public.issuer VALUES (3, 'Syldavië 100%');
INSERT INTO public.outbox VALUES (24, 1, '3752ad34a0f2f522e0b1ae93704b5b82c57898b6077547291f5a3209098918ab');
INSERT INTO public.outbox VALUES (25, 2, '3752ad34a0f2f522e0b1ae93704b5b82c57898b6077547291f5a3209098918ab');
INSERT INTO public.outbox VALUES (26, 1, '41b484888b8ea7dab6b43d286d9a566268fab5c485a313431957e75ab4735150');
INSERT INTO public.outbox VALUES (27, 2, '41b484888b8ea7dab6b43d286d9a566268fab5c485a313431957e75ab4735150');
INSERT INTO public.outbox VALUES (28, 1, '895ab19f3db4fa9a97c6efcd818fcafb127b3d00d7544c130c7e21678cea5f7c');
INSERT INTO public.outbox VALUES (29, 2, '895ab19f3db4fa9a97c6efcd818fcafb127b3d00d7544c130c7e21678cea5f7c');
INSERT INTO public.outbox VALUES (30, 1, '172ee38dc2baf11b42fdbfde202efb32be236d52b05d6cd80b4e46229226f83f');
INSERT INTO public.outbox VALUES (31, 2, '172ee38dc2baf11b42fdbfde202efb32be236d52b05d6cd80b4e46229226f83f');
INSERT INTO public.promotion VALUES (1, 1, '2026-11-23 04:53:10.407423+00');
SELECT pg_catalog.setval('public.coin_type_id_seq', 4, true);
SELECT pg_catalog.setval('public.currency_id_seq', 1, true);
SELECT pg_catalog.setval('public.denomination_id_seq', 4, true);
SELECT pg_catalog.setval('public.design_id_seq', 8, true);
SELECT pg_catalog.setval('public.generation_id_seq', 2, true);
SELECT pg_catalog.setval('public.issuer_id_seq', 3, true);
SELECT pg_catalog.setval('public.outbox_id_seq', 31, true);
SELECT pg_catalog.setval('public.promotion_id_seq', 1, true);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.api_key
    ADD CONSTRAINT pk_api_key PRIMARY KEY (id);
ALTER TABLE ONLY public.catalogue_reference
    ADD CONSTRAINT pk_catalogue_reference PRIMARY KEY (coin_type_id, "position");
ALTER TABLE ONLY public.coin_image
    ADD CONSTRAINT pk_coin_image PRIMARY KEY (id);
ALTER TABLE ONLY public.coin_type
    ADD CONSTRAINT pk_coin_type PRIMARY KEY (id);
ALTER TABLE ONLY public.currency
    ADD CONSTRAINT pk_currency PRIMARY KEY (id);
ALTER TABLE ONLY public.denomination
    ADD CONSTRAINT pk_denomination PRIMARY KEY (id);
ALTER TABLE ONLY public.design
    ADD CONSTRAINT pk_design PRIMARY KEY (id);
ALTER TABLE ONLY public.embedding
    ADD CONSTRAINT pk_embedding PRIMARY KEY (generation_id, image_id);
ALTER TABLE ONLY public.generation
    ADD CONSTRAINT pk_generation PRIMARY KEY (id);
ALTER TABLE ONLY public.generation_check
    ADD CONSTRAINT pk_generation_check PRIMARY KEY (generation_id);
ALTER TABLE ONLY public.generation_gap
    ADD CONSTRAINT pk_generation_gap PRIMARY KEY (generation_id, image_id);
ALTER TABLE ONLY public.import_job
    ADD CONSTRAINT pk_import_job PRIMARY KEY (id);
ALTER TABLE ONLY public.issuer
    ADD CONSTRAINT pk_issuer PRIMARY KEY (id);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT pk_outbox PRIMARY KEY (id);
ALTER TABLE ONLY public.promotion
    ADD CONSTRAINT pk_promotion PRIMARY KEY (id);
ALTER TABLE ONLY public.api_key
    ADD CONSTRAINT uq_api_key_digest UNIQUE (digest);
ALTER TABLE ONLY public.coin_type
    ADD CONSTRAINT uq_coin_type_key UNIQUE (key);
ALTER TABLE ONLY public.currency
    ADD CONSTRAINT uq_currency_name UNIQUE (name);
ALTER TABLE ONLY public.denomination
    ADD CONSTRAINT uq_denomination_name UNIQUE (name);
ALTER TABLE ONLY public.design
    ADD CONSTRAINT uq_design_coin_type_id_side_key UNIQUE (coin_type_id, side, key);
ALTER TABLE ONLY public.generation
    ADD CONSTRAINT uq_generation_collection UNIQUE (collection);
ALTER TABLE ONLY public.generation
    ADD CONSTRAINT uq_generation_models UNIQUE (preprocessor_name, preprocessor_revision, encoder_name, encoder_revision, metric, dim);
ALTER TABLE ONLY public.issuer
    ADD CONSTRAINT uq_issuer_name UNIQUE (name);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT uq_outbox_generation_id_image_id UNIQUE (generation_id, image_id);
CREATE INDEX ix_catalogue_reference_catalogue_number ON public.catalogue_reference USING btree (catalogue, number);
CREATE INDEX ix_coin_image_design_id ON public.coin_image USING btree (design_id);
CREATE INDEX ix_coin_type_composition ON public.coin_type USING btree (composition);
CREATE INDEX ix_coin_type_currency_id ON public.coin_type USING btree (currency_id);
CREATE INDEX ix_coin_type_denomination_id ON public.coin_type USING btree (denomination_id);
CREATE INDEX ix_coin_type_issuer_id ON public.coin_type USING btree (issuer_id);
CREATE INDEX ix_coin_type_numista_id ON public.coin_type USING btree (numista_id);
CREATE INDEX ix_coin_type_shape ON public.coin_type USING btree (shape);
CREATE INDEX ix_coin_type_title ON public.coin_type USING btree (title);
CREATE INDEX ix_coin_type_value ON public.coin_type USING btree (value);
CREATE INDEX ix_design_year_from ON public.design USING btree (year_from);
CREATE INDEX ix_design_year_to ON public.design USING btree (year_to);
CREATE INDEX ix_embedding_image_id ON public.embedding USING btree (image_id);
CREATE INDEX ix_generation_check_live_id ON public.generation_check USING btree (live_id);
CREATE INDEX ix_generation_gap_image_id ON public.generation_gap USING btree (image_id);
CREATE INDEX ix_promotion_generation_id ON public.promotion USING btree (generation_id);
CREATE UNIQUE INDEX uq_generation_live ON public.generation USING btree (state) WHERE (state = 'live'::text);
ALTER TABLE ONLY public.catalogue_reference
    ADD CONSTRAINT fk_catalogue_reference_coin_type_id FOREIGN KEY (coin_type_id) REFERENCES public.coin_type(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.coin_image
    ADD CONSTRAINT fk_coin_image_design_id FOREIGN KEY (design_id) REFERENCES public.design(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.coin_type
    ADD CONSTRAINT fk_coin_type_currency_id FOREIGN KEY (currency_id) REFERENCES public.currency(id);
ALTER TABLE ONLY public.coin_type
    ADD CONSTRAINT fk_coin_type_denomination_id FOREIGN KEY (denomination_id) REFERENCES public.denomination(id);
ALTER TABLE ONLY public.coin_type
    ADD CONSTRAINT fk_coin_type_issuer_id FOREIGN KEY (issuer_id) REFERENCES public.issuer(id);
ALTER TABLE ONLY public.design
    ADD CONSTRAINT fk_design_coin_type_id FOREIGN KEY (coin_type_id) REFERENCES public.coin_type(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.embedding
    ADD CONSTRAINT fk_embedding_generation_id FOREIGN KEY (generation_id) REFERENCES public.generation(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.embedding
    ADD CONSTRAINT fk_embedding_image_id FOREIGN KEY (image_id) REFERENCES public.coin_image(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.generation_check
    ADD CONSTRAINT fk_generation_check_generation_id FOREIGN KEY (generation_id) REFERENCES public.generation(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.generation_check
    ADD CONSTRAINT fk_generation_check_live_id FOREIGN KEY (live_id) REFERENCES public.generation(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.generation_gap
    ADD CONSTRAINT fk_generation_gap_generation_id FOREIGN KEY (generation_id) REFERENCES public.generation(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.generation_gap
    ADD CONSTRAINT fk_generation_gap_image_id FOREIGN KEY (image_id) REFERENCES public.coin_image(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT fk_outbox_generation_id FOREIGN KEY (generation_id) REFERENCES public.generation(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.promotion
    ADD CONSTRAINT fk_promotion_generation_id FOREIGN KEY (generation_id) REFERENCES public.generation(id) ON DELETE CASCADE;
